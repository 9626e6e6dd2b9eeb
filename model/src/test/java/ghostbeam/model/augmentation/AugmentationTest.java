package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.GoldenImages;
import ghostbeam.model.codec.Pixels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AugmentationTest {
  private static final Pixels IMAGE = GoldenImages.png("landscape_420.val56.png");

  private static double mean(Pixels image) {
    double sum = 0;
    for (byte sample : image.rgb()) {
      sum += sample & 0xFF;
    }
    return sum / image.rgb().length;
  }

  @Test
  void dependOnlyOnTheGeneratorAndDoNotModifyTheirInput() {
    byte[] before = IMAGE.rgb().clone();
    for (Augmentation augmentation :
        List.of(AutoAugment.IMAGENET, new RandAugment(2, 9), new ColorJitter(0.5))) {
      Set<String> seen = new HashSet<>();
      for (int seed = 0; seed < 200; seed++) {
        Pixels image = augmentation.apply(IMAGE, new SplittableRandom(seed));
        assertArrayEquals(image.rgb(), augmentation.apply(IMAGE, new SplittableRandom(seed)).rgb());
        assertEquals(IMAGE.width(), image.width());
        assertEquals(IMAGE.height(), image.height());
        seen.add(image.digest());
      }
      assertTrue(seen.size() > 25, augmentation + " made only " + seen.size());
    }
    assertArrayEquals(before, IMAGE.rgb());
  }

  @Test
  void policyLeavesImagesUnchangedWithTheExpectedProbability() {
    int untouched = 0;
    for (int seed = 0; seed < 4000; seed++) {
      untouched +=
          AutoAugment.IMAGENET.apply(IMAGE, new SplittableRandom(seed)).equals(IMAGE) ? 1 : 0;
    }
    // The mean of (1 - p)(1 - q) over the 25 pairs is 0.1504.
    assertEquals(0.1504, untouched / 4000.0, 0.025);
  }

  @Test
  void jitterCoversExactlyItsRange() {
    byte[] rgb = new byte[3 * 64];
    java.util.Arrays.fill(rgb, (byte) 100);
    Pixels grey = new Pixels(8, 8, rgb);
    double least = 255;
    double most = 0;
    for (int seed = 0; seed < 2000; seed++) {
      // Contrast and saturation do not change a uniform grey, so only brightness shows.
      double mean = mean(new ColorJitter(0.5).apply(grey, new SplittableRandom(seed)));
      least = Math.min(least, mean);
      most = Math.max(most, mean);
    }
    assertTrue(least >= 49 && least <= 52, "least " + least);
    assertTrue(most >= 148 && most <= 150, "most " + most);
  }

  @Test
  void jitterWithStrengthZeroChangesNothing() {
    assertArrayEquals(IMAGE.rgb(), new ColorJitter(0).apply(IMAGE, new SplittableRandom(1)).rgb());
  }
}
