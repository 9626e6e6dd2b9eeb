package ghostbeam.model.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

class CodecTest {
  static Stream<Codec> codecs() {
    return GoldenImages.codecs();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void decodesGoldenFilesAsPillowDoes(Codec codec) throws Exception {
    for (String name :
        List.of(
            "landscape_420",
            "portrait_444",
            "small_422",
            "grey",
            "progressive_420",
            "cmyk",
            "png_bytes")) {
      Pixels decoded = codec.decode(GoldenImages.file(name + ".JPEG"));

      Pixels expected = GoldenImages.png(name + ".decoded.png");
      assertEquals(expected.width(), decoded.width());
      int tolerance = codec.name().equals("turbojpeg") || name.equals("png_bytes") ? 0 : 3;
      int difference = GoldenImages.largestDifference(expected, decoded);
      assertTrue(difference <= tolerance, name + " differs by " + difference);
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsJpegsTruncatedAnywhere(Codec codec) {
    for (String name : List.of("landscape_420", "progressive_420", "cmyk", "grey")) {
      byte[] whole = GoldenImages.file(name + ".JPEG");
      for (int length = 1; length < whole.length; length += 1 + whole.length / 97) {
        assertRejected(codec, Arrays.copyOf(whole, length));
      }
      assertRejected(codec, Arrays.copyOf(whole, whole.length - 1));
      assertRejected(codec, Arrays.copyOf(whole, whole.length - 2));
    }
  }

  /** Decoders look for the next restart marker and skip what precedes it. */
  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsAnUnknownMarkerBetweenRestarts(Codec codec) {
    byte[] jpeg = GoldenImages.oddFile("jpeg_restarts.JPEG");
    jpeg[792] = (byte) 0xFF;
    jpeg[793] = 0x0F;
    UndecodableImageException refusal =
        assertThrows(UndecodableImageException.class, () -> codec.decode(jpeg));
    assertEquals("broken JPEG: marker 0x0f after its only scan", refusal.getMessage());
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsOtherFormatsTruncatedInTheMiddle(Codec codec) throws IOException {
    for (String extension : List.of(".png", ".bmp", ".webp")) {
      byte[] whole = encoded(extension, noise(40, 30, CvType.CV_8UC3));
      assertRejected(codec, Arrays.copyOf(whole, whole.length / 2));
    }
    byte[] gif = written("gif", palette());
    assertRejected(codec, Arrays.copyOf(gif, 40));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsWhatIsNotAnImage(Codec codec) {
    assertEquals("empty file", assertRejected(codec, new byte[0]));
    assertTrue(assertRejected(codec, ascii("<html>404</html>")).startsWith("no image"));
    assertRejected(codec, new byte[1000]);
    assertRejected(codec, new byte[] {-1, -40, -1});
    assertRejected(codec, ascii("\u0089PNG\r\n\u001A\n"));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsAJpegWhoseTablesAreBroken(Codec codec) {
    byte[] jpeg = GoldenImages.file("landscape_420.JPEG");
    for (int i = 0; i + 1 < jpeg.length; i++) {
      if (jpeg[i] == -1 && jpeg[i + 1] == (byte) 0xC4) {
        Arrays.fill(jpeg, i + 5, i + 21, (byte) 0xFF); // invalid code counts for a Huffman table
      }
    }

    assertRejected(codec, jpeg);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void acceptsStrayBytesThatPillowAccepts(Codec codec) throws Exception {
    byte[] jpeg = GoldenImages.file("landscape_420.JPEG");
    ByteBuffer stray = ByteBuffer.allocate(jpeg.length + 20);
    stray.put(jpeg, 0, jpeg.length - 2).put(new byte[10]).put(jpeg, jpeg.length - 2, 2);

    Pixels decoded = codec.decode(stray.array());

    assertTrue(
        GoldenImages.largestDifference(GoldenImages.png("landscape_420.decoded.png"), decoded)
            <= 3);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void decodes16BitGreyPngByItsHighBytes(Codec codec) throws Exception {
    BufferedImage deep = new BufferedImage(256, 2, BufferedImage.TYPE_USHORT_GRAY);
    for (int x = 0; x < 256; x++) {
      deep.getRaster().setSample(x, 0, 0, (x << 8) | 0xFF);
      deep.getRaster().setSample(x, 1, 0, x << 8);
    }

    Pixels decoded = codec.decode(written("png", deep));

    for (int i = 0; i < decoded.rgb().length; i++) {
      assertEquals(i / 3 % 256, decoded.rgb()[i] & 0xFF);
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void encodesBaselineJpegThatDecodesToNearlyTheSameImage(Codec codec) throws Exception {
    Pixels image = GoldenImages.png("landscape_420.decoded.png");

    byte[] jpeg = codec.encodeJpeg(image, 95);

    assertEquals(
        new ImageHeader("JPEG", image.width(), image.height(), 3, "RGB"), ImageHeader.read(jpeg));
    assertTrue(GoldenImages.rms(image, codec.decode(jpeg)) < 4);
    assertTrue(codec.encodeJpeg(image, 50).length < jpeg.length / 2);
    assertArrayEquals(jpeg, codec.encodeJpeg(image, 95));
    assertThrows(IllegalArgumentException.class, () -> codec.encodeJpeg(image, 0));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void isThreadSafe(Codec codec) throws Exception {
    byte[] file = GoldenImages.file("landscape_420.JPEG");
    Pixels expected = codec.decode(file);
    Callable<Pixels> work =
        () -> {
          codec.encodeJpeg(codec.decode(GoldenImages.file("grey.JPEG")), 90);
          return codec.decode(file);
        };
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Pixels>> calls = IntStream.range(0, 200).mapToObj(i -> work).toList();
      for (Future<Pixels> done : threads.invokeAll(calls)) {
        assertArrayEquals(expected.rgb(), done.get().rgb());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void readsTheGoldenFilesHeaders() throws Exception {
    assertEquals(
        new ImageHeader("JPEG", 150, 113, 3, "RGB"),
        ImageHeader.read(GoldenImages.file("landscape_420.JPEG")));
    assertEquals(
        new ImageHeader("JPEG", 120, 90, 1, "Grayscale"),
        ImageHeader.read(GoldenImages.file("grey.JPEG")));
    assertEquals(
        new ImageHeader("JPEG", 100, 80, 4, "CMYK"),
        ImageHeader.read(GoldenImages.file("cmyk.JPEG")));
    assertEquals(
        new ImageHeader("PNG", 90, 110, 3, "RGB"),
        ImageHeader.read(GoldenImages.file("png_bytes.JPEG")));
  }

  @Test
  void rejectsABombByItsHeader() {
    byte[] png = GoldenImages.file("png_bytes.JPEG");
    ByteBuffer.wrap(png).putInt(16, 100_000).putInt(20, 100_000);

    String message = assertRejected(Codec.best(), png);

    assertTrue(message.contains("100000 x 100000 pixels, more than the limit"), message);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void theSystemPropertyForcesACodec(Codec codec) {
    System.setProperty(Codec.PROPERTY, codec.name());
    try {
      assertEquals(codec.name(), Codec.best().name());
    } finally {
      System.clearProperty(Codec.PROPERTY);
    }
  }

  @Test
  void rejectsAnUnknownCodec() {
    String message =
        assertThrows(IllegalStateException.class, () -> Codecs.named("jpeg")).getMessage();

    assertEquals("ghostbeam.codec=jpeg, expected turbojpeg or opencv", message);
  }

  private static String assertRejected(Codec codec, byte[] file) {
    String message =
        assertThrows(
                UndecodableImageException.class,
                () -> codec.decode(file),
                codec.name() + " took " + file.length + " bytes")
            .getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  private static byte[] encoded(String extension, Mat image) {
    MatOfByte out = new MatOfByte();
    assertTrue(Imgcodecs.imencode(extension, image, out));
    return out.toArray();
  }

  private static Mat noise(int width, int height, int type) {
    OpenCv.load();
    Mat image = new Mat(height, width, type);
    byte[] samples = new byte[width * height * 3];
    new Random(7).nextBytes(samples);
    image.put(0, 0, samples);
    return image;
  }

  private static BufferedImage palette() {
    byte[] red = bytes(0, 255, 30, 90);
    byte[] green = bytes(0, 10, 200, 90);
    byte[] blue = bytes(50, 20, 70, 255);
    IndexColorModel colours = new IndexColorModel(8, 4, red, green, blue);
    BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_BYTE_INDEXED, colours);
    for (int i = 0; i < 200; i++) {
      image.getRaster().setSample(i % 20, i / 20, 0, i * 7 % 4);
    }
    return image;
  }

  private static byte[] written(String format, BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
