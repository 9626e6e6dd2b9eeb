package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RandomErasingTest {
  private static final int DRAWS = 10_000;

  @Test
  void fillsTheExpectedBoxForGivenDraws() {
    for (JsonNode row : Draws.GOLDEN.get("erasing")) {
      int side = row.get("side").asInt();
      FloatBuffer image = Draws.images(5, 3 * side * side);
      Draws draws = Draws.of(row);
      new RandomErasing(row.get("probability").asDouble()).apply(image, side, draws);
      draws.assertSpent();
      assertArrayEquals(Draws.floats(row.get("image")), image.array(), row.get("draws").toString());
    }
  }

  @Test
  void boxesHaveTimmsDistribution() {
    SplittableRandom random = new SplittableRandom(1);
    double[] areas = new double[DRAWS];
    double[] aspects = new double[DRAWS];
    int[] corners = new int[4];
    for (int i = 0; i < DRAWS; i++) {
      Box box = new RandomErasing(1).draw(224, random).orElseThrow();
      areas[i] = box.width() * box.height();
      aspects[i] = (double) box.height() / box.width();
      boolean right = 2 * box.left() > 224 - box.width();
      boolean low = 2 * box.top() > 224 - box.height();
      corners[(right ? 1 : 0) + (low ? 2 : 0)]++;
      assertTrue(box.left() >= 0 && box.left() + box.width() <= 224, box.toString());
      assertTrue(box.top() >= 0 && box.top() + box.height() <= 224, box.toString());
    }
    Draws.assertDistributed("erasedArea224", areas);
    Draws.assertDistributed("erasedAspect224", aspects);
    Draws.assertCounts("quarters", corners, new double[] {0.25, 0.25, 0.25, 0.25});
  }

  /** Changed samples are standard normal, in the expected fraction of images. */
  @Test
  void noiseIsNormalWithTheGivenProbability() {
    SplittableRandom random = new SplittableRandom(2);
    int erased = 0;
    long samples = 0;
    double sum = 0;
    double squares = 0;
    long within = 0;
    for (int i = 0; i < DRAWS; i++) {
      FloatBuffer image = FloatBuffer.allocate(3 * 12 * 12);
      new RandomErasing(0.3).apply(image, 12, random);
      int changed = 0;
      for (float value : image.array()) {
        if (value != 0) {
          changed++;
          sum += value;
          squares += value * value;
          within += Math.abs(value) < 1 ? 1 : 0;
        }
      }
      samples += changed;
      erased += changed > 0 ? 1 : 0;
    }
    assertEquals(0.3 * DRAWS, erased, 5 * Math.sqrt(DRAWS * 0.3 * 0.7));
    assertEquals(0, sum / samples, 5 / Math.sqrt((double) samples));
    assertEquals(1, squares / samples, 5 * Math.sqrt(2.0 / samples));
    assertEquals(0.6827, (double) within / samples, 5 * Math.sqrt(0.6827 * 0.3173 / samples));
  }

  @Test
  void noneDrawsNothing() {
    FloatBuffer image = Draws.images(5, 12);
    RandomErasing.NONE.apply(image, 2, new Draws());
    assertEquals(Draws.images(5, 12), image);
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(1.1));
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(Double.NaN));
  }
}
