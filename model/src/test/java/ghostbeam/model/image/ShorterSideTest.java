package ghostbeam.model.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.GoldenImages;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.PhotoLike;
import ghostbeam.model.codec.Pixels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShorterSideTest {
  static Stream<Codec> codecs() {
    return GoldenImages.codecs();
  }

  /**
   * Sizes that are multiples of blocks and that are not, just above and well above the thresholds
   * for fractions of 2, 4 and 8.
   */
  static Stream<Arguments> large() {
    return codecs()
        .flatMap(
            codec ->
                Stream.of(
                    Arguments.of(codec, 640, 480, 120, 2),
                    Arguments.of(codec, 333, 401, 83, 2),
                    Arguments.of(codec, 401, 333, 45, 2),
                    Arguments.of(codec, 801, 603, 75, 4),
                    Arguments.of(codec, 513, 1031, 50, 4),
                    Arguments.of(codec, 1203, 901, 56, 8),
                    Arguments.of(codec, 707, 1009, 20, 8)));
  }

  @ParameterizedTest
  @MethodSource("large")
  void staysWithinTwoGreyLevelsOfDecodingInFull(
      Codec codec, int width, int height, int side, int denominator) throws Exception {
    ShorterSide shorter = new ShorterSide(side);
    for (double grain : new double[] {0, 8, 20}) {
      Pixels photo = PhotoLike.of(width, height, grain, width + height);
      byte[] file = codec.encodeJpeg(photo, 92);
      ImageHeader header = ImageHeader.read(file);
      assertEquals(denominator, shorter.denominator(header));

      Pixels shrunk = shorter.decode(file, header, codec);

      Pixels full =
          Interpolation.PILLOW.resize(codec.decode(file), shrunk.width(), shrunk.height());
      double rms = GoldenImages.rms(full, shrunk);
      assertTrue(rms <= 2, "RMS " + rms + " with grain " + grain);
    }
  }

  /** Even and odd sizes, before and after; in full and at fractions. */
  static Stream<Arguments> shrunk() {
    return codecs()
        .filter(codec -> codec.planar().isPresent())
        .flatMap(
            codec ->
                Stream.of(
                    Arguments.of(codec, 500, 375, 256),
                    Arguments.of(codec, 375, 500, 255),
                    Arguments.of(codec, 401, 333, 332),
                    Arguments.of(codec, 333, 401, 101),
                    Arguments.of(codec, 640, 480, 120),
                    Arguments.of(codec, 801, 603, 75),
                    Arguments.of(codec, 707, 1009, 20)));
  }

  @ParameterizedTest
  @MethodSource("shrunk")
  void shrinksPlanesToWithinTwoGreyLevelsOfShrinkingRgb(
      Codec codec, int width, int height, int side) throws Exception {
    for (double grain : new double[] {0, 8, 20}) {
      byte[] file = codec.encodeJpeg(PhotoLike.of(width, height, grain, width + height), 92);
      assertTrue(codec.planar().orElseThrow().decode(file, 1).isPresent());

      double rms = rmsToTheWayByRgb(file, new ShorterSide(side), codec);

      assertTrue(rms <= 2, "RMS " + rms + " with grain " + grain);
    }
  }

  /** Small colourful images, in which a second chroma subsampling shows most. */
  @ParameterizedTest
  @MethodSource("codecs")
  void losesNoMoreColourInPlanesThanInRgb(Codec codec) throws Exception {
    for (String kind : List.of("411", "420", "422", "440", "444", "410", "grey", "rgb_adobe")) {
      byte[] file = GoldenImages.oddFile("jpeg_" + kind + ".JPEG");
      ImageHeader header = ImageHeader.read(file);
      for (double share : new double[] {0.1, 0.2, 0.5, 0.67, 0.9}) {
        int side = (int) (Math.min(header.width(), header.height()) * share);
        ShorterSide shorter = new ShorterSide(side);
        Pixels wanted = shorter.decode(file, header, codec);

        Pixels written = codec.decode(shorter.encode(file, header, codec, 100).bytes());

        double byRgb = GoldenImages.rms(codec.decode(codec.encodeJpeg(wanted, 100)), wanted);
        double rms = GoldenImages.rms(written, wanted);
        assertTrue(rms <= byRgb + 1, kind + " at " + side + ": RMS " + rms + ", else " + byRgb);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void digestsDistinguishShrunkFiles(Codec codec) throws Exception {
    Set<String> digests = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      byte[] file = codec.encodeJpeg(PhotoLike.of(90, 70, 5, i), 92);
      ImageHeader header = ImageHeader.read(file);
      EncodedJpeg shrunk = new ShorterSide(41).encode(file, header, codec, 95);
      EncodedJpeg again = new ShorterSide(41).encode(file, header, codec, 95);
      assertArrayEquals(shrunk.bytes(), again.bytes());
      assertEquals(shrunk.digest(), again.digest());
      digests.add(shrunk.digest());
    }
    assertEquals(3, digests.size());
  }

  /** Both are encoded at the highest quality and decoded again, since files are compared. */
  private static double rmsToTheWayByRgb(byte[] file, ShorterSide shorter, Codec codec)
      throws Exception {
    ImageHeader header = ImageHeader.read(file);
    EncodedJpeg shrunk = shorter.encode(file, header, codec, 100);
    Pixels byRgb = shorter.decode(file, header, codec);
    assertEquals(byRgb.width(), shrunk.width());
    assertEquals(byRgb.height(), shrunk.height());
    Pixels decoded = codec.decode(shrunk.bytes());
    return GoldenImages.rms(codec.decode(codec.encodeJpeg(byRgb, 100)), decoded);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void decodesInFullWhatIsNotMuchLarger(Codec codec) throws Exception {
    for (String name : new String[] {"landscape_420", "grey", "cmyk", "png_bytes"}) {
      byte[] file = GoldenImages.file(name + ".JPEG");
      ImageHeader header = ImageHeader.read(file);

      Pixels shrunk = new ShorterSide(41).decode(file, header, codec);

      Pixels full =
          Interpolation.PILLOW.resize(codec.decode(file), shrunk.width(), shrunk.height());
      assertArrayEquals(full.rgb(), shrunk.rgb());
      assertEquals(41, Math.min(shrunk.width(), shrunk.height()));
    }
  }

  @Test
  void roundsTheLongerSideAndNeverEnlarges() {
    ImageHeader header = new ImageHeader("JPEG", 101, 64, 3, "RGB");

    assertTrue(new ShorterSide(63).shrinks(header));
    assertFalse(new ShorterSide(64).shrinks(header));
    assertFalse(new ShorterSide(65).shrinks(header));
    assertThrows(IllegalArgumentException.class, () -> new ShorterSide(0));
  }

  @Test
  void decodesAtAFractionOnlyWherePossible() {
    ShorterSide tiny = new ShorterSide(1);

    assertEquals(8, tiny.denominator(new ImageHeader("JPEG", 500, 375, 1, "Grayscale")));
    assertEquals(1, tiny.denominator(new ImageHeader("JPEG", 500, 375, 4, "CMYK")));
    assertEquals(1, tiny.denominator(new ImageHeader("PNG", 500, 375, 3, "RGB")));
    assertEquals(
        2, new ShorterSide(256).denominator(new ImageHeader("JPEG", 1024, 1025, 3, "RGB")));
    assertEquals(
        1, new ShorterSide(256).denominator(new ImageHeader("JPEG", 1023, 1025, 3, "RGB")));
  }
}
