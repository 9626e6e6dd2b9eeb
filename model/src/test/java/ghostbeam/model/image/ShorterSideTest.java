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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShorterSideTest {
  static Stream<Codec> codecs() {
    return GoldenImages.codecs();
  }

  /** Sizes that are multiples of blocks and not, at fractions of 2, 4 and 8, barely and amply. */
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
  void decodesAtAFractionOnlyWhatCanBe() {
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
