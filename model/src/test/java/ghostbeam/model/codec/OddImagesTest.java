package ghostbeam.model.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus of golden/odd: every file's verdict and pixels, by every codec. */
class OddImagesTest {
  static Stream<Arguments> taken() {
    return byCodec("pixels");
  }

  static Stream<Arguments> rejected() {
    return byCodec("rejected");
  }

  static Stream<Arguments> all() {
    return byCodec("file");
  }

  private static Stream<Arguments> byCodec(String verdict) {
    return GoldenImages.odd()
        .filter(row -> row.has(verdict))
        .flatMap(
            row ->
                GoldenImages.codecs()
                    .map(codec -> Arguments.of(row.get("file").asText(), codec, row)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("taken")
  void decodesToTheExpectedPixels(String name, Codec codec, JsonNode row) throws Exception {
    byte[] file = GoldenImages.oddFile(name);

    Pixels decoded = codec.decode(file);

    Pixels expected = GoldenImages.oddPixels(row.get("pixels").asText());
    assertEquals(expected.width(), decoded.width());
    assertEquals(expected.height(), decoded.height());
    int difference = GoldenImages.largestDifference(expected, decoded);
    int tolerance = row.get("tolerance").get(codec.name()).asInt();
    assertTrue(difference <= tolerance, name + " differs by " + difference);
    ImageHeader header = ImageHeader.read(file);
    if (header.canShrink()) {
      assertEquals(
          PixelDigest.of(header.width(), header.height(), codec.decode(file, 8).rgb()),
          codec.eighthDigest(file));
    }
    assertEquals(row.get("format").asText(), header.format());
    assertEquals(row.get("channels").asInt(), header.channels());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("rejected")
  void rejectsWithTheExpectedReason(String name, Codec codec, JsonNode row) {
    byte[] file = GoldenImages.oddFile(name);

    String reason =
        assertThrows(UndecodableImageException.class, () -> codec.decode(file)).getMessage();

    assertTrue(reason.startsWith(row.get("rejected").asText()), reason);
    assertEquals(1, reason.lines().count(), reason);
    assertFalse(
        reason.matches("broken \\w+|.*-\\d.*|.*WEBP.*|.*!|.*(null|Exception).*"),
        () -> "no reason that helps: " + reason);
  }

  /** The coded data is read in full at any size, so verdict and reason are the same. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("all")
  void hasTheSameVerdictAtAFractionOfTheSize(String name, Codec codec) {
    byte[] file = GoldenImages.oddFile(name);
    if (name.startsWith("jpeg_") && !name.contains("_cmyk") && !name.contains("_ycck")) {
      for (int denominator : new int[] {2, 4, 8}) {
        assertEquals(verdict(codec, file, 1), verdict(codec, file, denominator));
      }
    }
  }

  /**
   * Files with the usual Y, Cb and Cr have planes; for others this is known only after reading
   * them.
   */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("all")
  void hasTheSameVerdictByPlanes(String name, Codec codec, JsonNode row) throws Exception {
    assumeTrue(codec.planar().isPresent(), codec.name() + " has no planes");
    byte[] file = GoldenImages.oddFile(name);
    if (row.has("rejected")) {
      for (int denominator : new int[] {1, 2, 8}) {
        assertEquals(verdict(codec, file, 1), planarVerdict(codec, file, denominator));
      }
      return;
    }
    Optional<Planes> planes = codec.planar().get().decode(file, 1);
    boolean planar =
        row.get("format").asText().equals("JPEG")
            && row.get("channels").asInt() == 3
            && !name.matches("jpeg_(41.|mixed|rgb_.*)\\.JPEG");
    assertEquals(planar, planes.isPresent());
    if (planar) {
      Pixels pixels = codec.decode(file);
      assertEquals(pixels.width(), planes.get().width());
      assertEquals(pixels.height(), planes.get().height());
      assertEquals(luma(pixels), mean(planes.get()), 2);
    }
  }

  private static double luma(Pixels pixels) {
    double sum = 0;
    for (int i = 0; i < pixels.rgb().length; i += 3) {
      sum += 0.299 * (pixels.rgb()[i] & 0xFF);
      sum += 0.587 * (pixels.rgb()[i + 1] & 0xFF);
      sum += 0.114 * (pixels.rgb()[i + 2] & 0xFF);
    }
    return 3 * sum / pixels.rgb().length;
  }

  private static double mean(Planes planes) {
    double sum = 0;
    for (int row = 0; row < planes.height(); row++) {
      for (int column = 0; column < planes.width(); column++) {
        sum += planes.y()[row * planes.lumaWidth() + column] & 0xFF;
      }
    }
    return sum / (planes.height() * planes.width());
  }

  /** Files without planes are decoded to RGB. */
  private static String planarVerdict(Codec codec, byte[] file, int denominator) {
    try {
      if (denominator == 1 || ImageHeader.read(file).canShrink()) {
        Optional<Planes> planes = codec.planar().orElseThrow().decode(file, denominator);
        return planes.isPresent() ? "" : verdict(codec, file, denominator);
      }
      return verdict(codec, file, 1);
    } catch (UndecodableImageException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @MethodSource("ghostbeam.model.codec.GoldenImages#codecs")
  void rejectsJpegsTruncatedAnywhereAtAFractionOfTheSize(Codec codec) {
    for (String name : new String[] {"landscape_420", "progressive_420", "grey"}) {
      byte[] whole = GoldenImages.file(name + ".JPEG");
      assertEquals("", verdict(codec, whole, 8));
      for (int length = 1; length < whole.length; length += 1 + whole.length / 61) {
        byte[] cut = Arrays.copyOf(whole, length);
        String verdict = verdict(codec, cut, 8);
        assertEquals(verdict(codec, cut, 1), verdict);
        assertNotEquals("", verdict, name + " cut after " + length);
        if (codec.planar().isPresent()) {
          assertEquals(verdict, planarVerdict(codec, cut, 2));
        }
      }
      assertEquals(
          codec.planar().isPresent() && !name.equals("grey"),
          codec.planar().isPresent() && hasPlanes(codec, whole));
      assertNotEquals("", verdict(codec, Arrays.copyOf(whole, whole.length - 1), 2));
    }
  }

  private static boolean hasPlanes(Codec codec, byte[] file) {
    try {
      return codec.planar().orElseThrow().decode(file, 2).isPresent();
    } catch (UndecodableImageException e) {
      return false;
    }
  }

  /**
   * A scan with a wrong bit, of which libjpeg warns, followed by a table that no decoder can use:
   * the warning must not hide that decoding ended there.
   */
  @ParameterizedTest
  @MethodSource("ghostbeam.model.codec.GoldenImages#codecs")
  void rejectsAnErrorAfterAWarning(Codec codec) {
    byte[] whole = GoldenImages.file("progressive_420.JPEG");
    int scan = marker(whole, 0xDA, 0);
    int table = marker(whole, 0xC4, whole.length / 2);
    byte[] broken = whole.clone();
    Arrays.fill(broken, table + 5, table + 5 + 16, (byte) 0xFF); // more codes than possible
    assertNotEquals("", verdict(codec, broken, 1));
    for (int i = 0; i < 60; i++) {
      byte[] warned = broken.clone();
      int at = scan + 40 + 3 * i;
      warned[at] = (byte) (warned[at] == 0x55 ? 0x2A : 0x55);
      for (int denominator : new int[] {1, 8}) {
        assertNotEquals("", verdict(codec, warned, denominator), "byte " + at);
      }
      if (codec.planar().isPresent()) {
        assertNotEquals("", planarVerdict(codec, warned, 1), "byte " + at);
      }
    }
  }

  private static int marker(byte[] jpeg, int code, int from) {
    for (int i = from; i < jpeg.length - 1; i++) {
      if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == code) {
        return i;
      }
    }
    throw new IllegalStateException("no marker " + code);
  }

  /** Empty for an image that decodes to its size; otherwise the reason. */
  private static String verdict(Codec codec, byte[] file, int denominator) {
    try {
      Pixels decoded = codec.decode(file, denominator);
      ImageHeader header = ImageHeader.read(file);
      assertEquals((header.width() + denominator - 1) / denominator, decoded.width());
      assertEquals((header.height() + denominator - 1) / denominator, decoded.height());
      return "";
    } catch (UndecodableImageException e) {
      return e.getMessage();
    }
  }

  /** The reason comes from the header alone, so nothing was allocated for the pixels it claims. */
  @Test
  void rejectsBombsByTheirHeaders() {
    for (String format : new String[] {"jpeg", "png", "gif", "bmp", "webp"}) {
      byte[] bomb = GoldenImages.oddFile(format + "_bomb.JPEG");

      String reason =
          assertThrows(UndecodableImageException.class, () -> ImageHeader.read(bomb)).getMessage();

      assertTrue(reason.contains("more than the limit of 178956970"), reason);
    }
  }

  @Test
  void listsEveryFileOfTheFolder() throws IOException {
    Set<String> listed = new TreeSet<>(Set.of("odd.json"));
    GoldenImages.odd()
        .forEach(
            row -> {
              assertTrue(listed.add(row.get("file").asText()), row + " is listed twice");
              if (row.has("pixels")) {
                listed.add(row.get("pixels").asText());
              }
            });
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden/odd"))) {
      assertEquals(
          listed,
          files
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    assertTrue(GoldenImages.odd().count() > 100);
  }
}
