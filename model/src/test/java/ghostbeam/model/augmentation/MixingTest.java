package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.augmentation.Mixture.Blend;
import ghostbeam.model.augmentation.Mixture.Patch;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MixingTest {
  private static final int BATCHES = 10_000;

  @Test
  void matchesPyTorchForGivenDraws() {
    for (JsonNode row : Draws.GOLDEN.get("mixing")) {
      int side = row.get("side").asInt();
      int count = row.get("count").asInt();
      double lambda = row.get("share").asDouble();
      Draws draws = Draws.of(row);
      Mixture mixture =
          row.get("kind").asText().equals("mixup")
              ? new Blend(lambda)
              : Patch.of(lambda, side, draws);
      draws.assertSpent();
      assertEquals(row.get("shareLeft").asDouble(), mixture.lambda(), 1e-15);
      int floats = 3 * side * side;
      FloatBuffer batch = Draws.images(6, count * floats);
      for (int i = 0; i < count / 2; i++) {
        mixture.mix(batch.slice(i * floats, floats), batch.slice((count - 1 - i) * floats, floats));
      }
      assertArrayEquals(Draws.floats(row.get("images")), batch.array(), row.get("kind").asText());
    }
  }

  /** Longer than the chunks in which images are blended. */
  @Test
  void blendsAllOfALongImage() {
    FloatBuffer one = Draws.images(1, 5000);
    FloatBuffer other = Draws.images(2, 5000);
    float[] ones = one.array().clone();
    float[] others = other.array().clone();
    new Blend(0.25).mix(one, other);
    for (int i = 0; i < ones.length; i++) {
      assertEquals(0.25f * ones[i] + 0.75f * others[i], one.get(i), 1e-6);
      assertEquals(0.75f * ones[i] + 0.25f * others[i], other.get(i), 1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1", "0.2", "0.8", "1", "4"})
  void lambdasHaveABetaDistribution(String alpha) {
    SplittableRandom random = new SplittableRandom(7);
    double[] lambdas = new double[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
      Mixture mixture = new Mixing(Double.parseDouble(alpha), 0).draw(32, random);
      assertTrue(mixture instanceof Blend);
      lambdas[i] = mixture.lambda();
    }
    Draws.assertDistributed("mixupShareOf" + alpha, lambdas);
  }

  @Test
  void patchesHaveTimmsDistribution() {
    assertPatches(1, 32, "cutmixShareOf1At32");
    assertPatches(0.3, 224, "cutmixShareOf0.3At224");
  }

  private static void assertPatches(double alpha, int side, String of) {
    SplittableRandom random = new SplittableRandom(8);
    double[] lambdas = new double[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
      Mixture mixture = new Mixing(0, alpha).draw(side, random);
      assertTrue(mixture instanceof Patch);
      lambdas[i] = mixture.lambda();
    }
    Draws.assertDistributed(of, lambdas);
  }

  @Test
  void mixupAndCutMixEachGetHalfOfTheBatches() {
    SplittableRandom random = new SplittableRandom(9);
    int patches = 0;
    for (int i = 0; i < BATCHES; i++) {
      patches += new Mixing(0.2, 1).draw(32, random) instanceof Patch ? 1 : 0;
    }
    assertEquals(BATCHES / 2.0, patches, 5 * Math.sqrt(BATCHES) / 2);
  }

  /** For such small shapes, gamma draws underflow. */
  @Test
  void lambdasOfTinyAlphasAreFinite() {
    SplittableRandom random = new SplittableRandom(3);
    int whole = 0;
    for (int i = 0; i < BATCHES; i++) {
      double lambda = Mixing.lambda(1e-6, random);
      assertTrue(lambda >= 0 && lambda <= 1, lambda + "");
      whole += lambda > 0.5 ? 1 : 0;
    }
    assertEquals(BATCHES / 2.0, whole, 5 * Math.sqrt(BATCHES) / 2);
  }

  @Test
  void noneDrawsNothingAndChangesNothing() {
    assertSame(Mixture.NONE, Mixing.NONE.draw(32, new Draws()));
    FloatBuffer one = Draws.images(1, 12);
    FloatBuffer other = Draws.images(2, 12);
    Mixture.NONE.mix(one, other);
    assertEquals(Draws.images(1, 12), one);
    assertEquals(Draws.images(2, 12), other);
    assertThrows(IllegalArgumentException.class, () -> new Mixing(-0.1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Mixing(0, Double.NaN));
  }
}
