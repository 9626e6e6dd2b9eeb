package ghostbeam.model.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.GoldenImages;
import ghostbeam.model.codec.Pixels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InterpolationTest {
  @ParameterizedTest
  @CsvSource({
    "50, 38, 34, 26",
    "38, 51, 90, 7",
    "1, 1, 9, 5",
    "1, 40, 3, 13",
    "300, 2, 1, 1",
    "20, 21, 20, 60",
    "20, 21, 60, 21",
    "20, 21, 20, 21",
    "7, 500, 5, 3"
  })
  void pillowEqualsItsDefinitionForAnySizes(int width, int height, int newWidth, int newHeight) {
    Pixels image = noise(width, height);

    Pixels resized = Interpolation.PILLOW.resize(image, newWidth, newHeight);

    assertArrayEquals(byDefinition(image, newWidth, newHeight).rgb(), resized.rgb());
  }

  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void keepsAFlatImageFlat(Interpolation interpolation) {
    byte[] grey = new byte[30 * 20 * 3];
    Arrays.fill(grey, (byte) 201);

    Pixels resized = interpolation.resize(new Pixels(30, 20, grey), 11, 47);

    for (byte sample : resized.rgb()) {
      assertEquals((byte) 201, sample);
    }
  }

  /** Shrinking stripes of one pixel: antialiasing averages them, OpenCV's four taps cannot. */
  @Test
  void onlyPillowAntialiases() {
    byte[] stripes = new byte[256 * 256 * 3];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = (byte) (i / 3 % 2 * 255);
    }
    Pixels image = new Pixels(256, 256, stripes);
    byte[] mid = new byte[50 * 50 * 3];
    Arrays.fill(mid, (byte) 127);
    Pixels middle = new Pixels(50, 50, mid);

    assertTrue(GoldenImages.rms(middle, Interpolation.PILLOW.resize(image, 50, 50)) < 10);
    assertTrue(GoldenImages.rms(middle, Interpolation.OPENCV.resize(image, 50, 50)) > 40);
  }

  @Test
  void flippingTwiceIsTheIdentity() {
    Pixels image = noise(13, 7);

    assertArrayEquals(image.rgb(), image.flipped().flipped().rgb());
    assertEquals(image.rgb()[12 * 3 + 2], image.flipped().rgb()[2]);
  }

  private static Pixels byDefinition(Pixels image, int width, int height) {
    Pixels across = transposed(downColumns(transposed(image), width));
    return downColumns(across, height);
  }

  private static Pixels downColumns(Pixels image, int height) {
    PillowAxis axis = PillowAxis.of(image.height(), height, 0, height);
    int stride = image.width() * 3;
    byte[] out = new byte[stride * height];
    for (int i = 0; i < out.length; i++) {
      int y = i / stride;
      int sum = 1 << 21;
      for (int t = 0; t < axis.counts()[y]; t++) {
        int sample = image.rgb()[(axis.first()[y] + t) * stride + i % stride] & 0xFF;
        sum += sample * axis.weights()[y * axis.taps() + t];
      }
      out[i] = (byte) Math.max(0, Math.min(255, sum >> 22));
    }
    return new Pixels(image.width(), height, out);
  }

  private static Pixels transposed(Pixels image) {
    byte[] out = new byte[image.rgb().length];
    for (int i = 0; i < out.length; i++) {
      int x = i / 3 % image.width();
      int y = i / 3 / image.width();
      out[(x * image.height() + y) * 3 + i % 3] = image.rgb()[i];
    }
    return new Pixels(image.height(), image.width(), out);
  }

  private static Pixels noise(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    new Random(width).nextBytes(rgb);
    return new Pixels(width, height, rgb);
  }
}
