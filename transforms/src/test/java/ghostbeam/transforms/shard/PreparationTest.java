package ghostbeam.transforms.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.shard.Preparation.Encoding;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.Packing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreparationTest {
  private static final Codec CODEC = Codec.best();
  private static final Preparation ORIGINAL = new Preparation(Encoding.ORIGINAL, 32, 90);
  private static final Preparation RESIZED = new Preparation(Encoding.RESIZED, 32, 90);
  private static final Preparation RAW = new Preparation(Encoding.RAW, 32, 90);

  @Test
  void keepsAnIntactJpegByteForByte() throws Exception {
    byte[] jpeg = Pictures.jpeg(90, 60, 1);

    Example example = prepare(ORIGINAL, jpeg);

    assertArrayEquals(jpeg, example.encoded());
    assertKind(example, 90, 60, 3, "RGB");
    assertEquals(7, example.label());
    assertEquals("n01440764", example.synset());
    assertEquals("n01440764_18.JPEG", example.filename());
  }

  @Test
  void keepsAGreyJpegGrey() throws Exception {
    byte[] jpeg = Pictures.file("jpg", 40, 30, BufferedImage.TYPE_BYTE_GRAY);

    Example example = prepare(ORIGINAL, jpeg);

    assertArrayEquals(jpeg, example.encoded());
    assertKind(example, 40, 30, 1, "Grayscale");
  }

  @Test
  void turnsOtherFormatsIntoJpegWhateverTheirName() throws Exception {
    Example example = prepare(ORIGINAL, Pictures.file("png", 40, 30, BufferedImage.TYPE_BYTE_GRAY));

    assertKind(example, 40, 30, 3, "RGB");
    Pixels decoded = CODEC.decode(example.encoded());
    assertEquals(40, decoded.width());
    assertEquals(30, decoded.height());
  }

  @Test
  void shrinksTheShorterSideAndRoundsTheLonger() throws Exception {
    assertKind(prepare(RESIZED, Pictures.jpeg(101, 64, 1)), 51, 32, 3, "RGB");
    assertKind(prepare(RESIZED, Pictures.jpeg(64, 101, 1)), 32, 51, 3, "RGB");
    assertKind(prepare(RESIZED, Pictures.jpeg(33, 33, 1)), 32, 32, 3, "RGB");

    Pixels decoded = CODEC.decode(prepare(RESIZED, Pictures.jpeg(101, 64, 1)).encoded());
    assertEquals(51, decoded.width());
    assertEquals(32, decoded.height());
  }

  @Test
  void neverEnlarges() throws Exception {
    byte[] exact = Pictures.jpeg(32, 64, 1);
    byte[] small = Pictures.jpeg(16, 300, 1);

    assertArrayEquals(exact, prepare(RESIZED, exact).encoded());
    assertArrayEquals(small, prepare(RESIZED, small).encoded());
  }

  @Test
  void keepsRawPixelsOfAnyFormat() throws Exception {
    for (byte[] file :
        List.of(
            Pictures.jpeg(90, 60, 1),
            Pictures.file("jpg", 40, 30, BufferedImage.TYPE_BYTE_GRAY),
            Pictures.file("png", 41, 29, BufferedImage.TYPE_INT_RGB))) {
      Pixels decoded = CODEC.decode(file);

      Example example = prepare(RAW, file);

      assertArrayEquals(decoded.rgb(), example.encoded());
      assertEquals("RAW", example.format());
      assertEquals(decoded.width(), example.width());
      assertEquals(decoded.height(), example.height());
      assertEquals(3, example.channels());
      Pixels back = new ExampleDecoder(CODEC).decode(example);
      assertArrayEquals(decoded.rgb(), back.rgb());
    }
  }

  @Test
  void digestsThePixelsThatAreKept() throws Exception {
    byte[] jpeg = Pictures.jpeg(90, 60, 1);
    String digest = CODEC.decode(jpeg).digest();

    assertEquals(digest, prepare(RAW, jpeg).pixelDigest());
    assertEquals("", prepare(RAW, jpeg).eighthDigest());
    byte[] png = Pictures.file("png", 90, 60, BufferedImage.TYPE_INT_RGB);
    assertEquals(CODEC.decode(png).digest(), prepare(ORIGINAL, png).pixelDigest());
    assertNotEquals("", prepare(RESIZED, jpeg).pixelDigest());
    assertNotEquals(digest, prepare(RESIZED, jpeg).pixelDigest());
    assertEquals("", prepare(RESIZED, jpeg).eighthDigest());
  }

  @Test
  void digestsAKeptJpegAtAnEighthOfItsSize() throws Exception {
    byte[] jpeg = Pictures.jpeg(90, 60, 1);
    String digest = prepare(ORIGINAL, jpeg).eighthDigest();

    assertEquals(CODEC.eighthDigest(jpeg), digest);
    assertEquals("", prepare(ORIGINAL, jpeg).pixelDigest());
    byte[] commented =
        ByteBuffer.allocate(jpeg.length + 6)
            .put(jpeg, 0, 2)
            .put(new byte[] {-1, -2, 0, 4, 'h', 'i'})
            .put(jpeg, 2, jpeg.length - 2)
            .array();
    assertEquals(digest, prepare(ORIGINAL, commented).eighthDigest());
    assertNotEquals(digest, prepare(ORIGINAL, Pictures.jpeg(90, 60, 2)).eighthDigest());
    assertEquals(prepare(RESIZED, jpeg).pixelDigest(), prepare(RESIZED, commented).pixelDigest());
  }

  @Test
  void rejectsAnImageTooLongForAJpeg() throws Exception {
    byte[] line = Pictures.file("png", 65_501, 1, BufferedImage.TYPE_BYTE_GRAY);

    assertRejected(line);
    assertEquals(65_501, prepare(RAW, line).width());
  }

  @Test
  void rejectsTruncatedImagesAndOtherFiles() throws IOException {
    byte[] jpeg = Pictures.jpeg(90, 60, 1);

    assertRejected(Arrays.copyOf(jpeg, jpeg.length / 2));
    assertRejected(new byte[0]);
    assertRejected("no image".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void theManifestOmitsSettingsWithoutEffect() {
    assertEquals(new Manifest.Settings("original", 0, 90, "x"), ORIGINAL.toManifest("x"));
    assertEquals(new Manifest.Settings("resized", 32, 90, "x"), RESIZED.toManifest("x"));
    assertEquals(new Manifest.Settings("raw", 0, 0, "x"), RAW.toManifest("x"));
  }

  private static Example prepare(Preparation preparation, byte[] bytes) throws Exception {
    ImageRef image =
        new ImageRef(
            "n01440764/n01440764_18.JPEG",
            7,
            Extent.stored(new Storage.Entry("x", 1, ""), 0, 1, new Packing.Stored(0, true)));
    return preparation.prepare(image, bytes, CODEC);
  }

  private static void assertKind(
      Example example, int width, int height, int channels, String colorspace) {
    assertEquals("JPEG", example.format());
    assertEquals(width, example.width());
    assertEquals(height, example.height());
    assertEquals(channels, example.channels());
    assertEquals(colorspace, example.colorspace());
  }

  private static void assertRejected(byte[] bytes) {
    assertThrows(UndecodableImageException.class, () -> prepare(ORIGINAL, bytes));
    assertThrows(UndecodableImageException.class, () -> prepare(RESIZED, bytes));
  }
}
