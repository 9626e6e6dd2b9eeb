package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.GoldenImages;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.Interpolation;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingViewTest {
  private static final TrainingView VIEW = view(0.08, Interpolation.PILLOW);

  private static TrainingView view(double minScale, Interpolation interpolation) {
    return new TrainingView(32, minScale, interpolation, Augmentation.NONE);
  }

  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void isAPureFunctionOfImageAndGenerator(Interpolation interpolation) {
    Pixels image = GoldenImages.png("landscape_420.decoded.png");
    byte[] before = image.rgb().clone();
    TrainingView view = new TrainingView(48, 0.08, interpolation, AutoAugment.IMAGENET);

    Pixels first = view.pixels(image, new SplittableRandom(5));
    Pixels again = view.pixels(image, new SplittableRandom(5));
    Pixels other = view.pixels(image, new SplittableRandom(6));

    assertEquals(48, first.width());
    assertEquals(48, first.height());
    assertArrayEquals(first.rgb(), again.rgb());
    assertFalse(Arrays.equals(first.rgb(), other.rgb()));
    assertArrayEquals(before, image.rgb());
  }

  @Test
  void cropsLieInsideWithAreasAndRatiosInRange() {
    SplittableRandom random = new SplittableRandom(1);
    double areas = 0;
    Set<Integer> lefts = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      Box box = VIEW.draw(400, 300, random);
      assertTrue(box.left() >= 0 && box.left() + box.width() <= 400, box.toString());
      assertTrue(box.top() >= 0 && box.top() + box.height() <= 300, box.toString());
      double ratio = (double) box.width() / box.height();
      assertTrue(ratio > 0.73 && ratio < 1.37, box.toString());
      double area = box.width() * box.height() / 120_000.0;
      assertTrue(area > 0.079, box.toString());
      areas += area;
      lefts.add(box.left());
    }
    // The mean over 10,000 of torchvision's crops is 0.432: large ones often do not fit.
    assertEquals(0.432, areas / 10_000, 0.01);
    assertTrue(lefts.size() > 200, lefts.size() + " different left edges");
  }

  @Test
  void cropsTheCentreWhereNoDrawFits() {
    assertEquals(
        new Box(498, 0, 4, 3),
        view(1, Interpolation.PILLOW).draw(1000, 3, new SplittableRandom(1)));
    assertEquals(
        new Box(0, 498, 3, 4),
        view(1, Interpolation.PILLOW).draw(3, 1000, new SplittableRandom(1)));
  }

  @Test
  void flipsHalfOfTheViews() {
    // Left half black, right half white: the brighter side shows whether it was flipped.
    byte[] rgb = new byte[64 * 64 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % 64 * 4);
    }
    Pixels ramp = new Pixels(64, 64, rgb);
    int flipped = 0;
    for (int seed = 0; seed < 1000; seed++) {
      Pixels view = VIEW.pixels(ramp, new SplittableRandom(seed));
      flipped += (view.rgb()[0] & 0xFF) > (view.rgb()[31 * 3] & 0xFF) ? 1 : 0;
    }
    assertTrue(flipped > 430 && flipped < 570, flipped + " of 1000");
  }
}
