package ghostbeam.model.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.tensor.TensorSpec.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WeightMeanTest {
  private static final List<TensorSpec> SPECS =
      List.of(
          new TensorSpec("dense", Kind.DENSE, List.of(1, 2)),
          new TensorSpec("variance", Kind.NORM_VARIANCE, List.of(1)));

  private static Weights weights(float first, float second, float variance) {
    return new Weights(
        SPECS, Map.of("dense", new float[] {first, second}, "variance", new float[] {variance}));
  }

  /** In float the small ones would vanish when added to the large ones. */
  @Test
  void sumsInDoubleAndRoundsOnce() {
    Weights small = weights(1, 0.2f, 2);
    Weights mean =
        WeightMean.of(small)
            .plus(weights(1e8f, 0.1f, 1))
            .plus(small)
            .plus(weights(-1e8f, 0.4f, 6))
            .weights();

    float second = (float) (((double) 0.2f + 0.1f + 0.2f + 0.4f) / 4);
    assertArrayEquals(new float[] {0.5f, second}, mean.get("dense"));
    assertArrayEquals(new float[] {2.75f}, mean.get("variance"));
    assertEquals(1, small.get("dense")[0], "its parts stay as they are");
  }

  @Test
  void rejectsWeightsOfAnotherNetwork() {
    List<TensorSpec> others = List.of(new TensorSpec("dense", Kind.DENSE, List.of(2, 1)));
    Weights other = new Weights(others, Map.of("dense", new float[2]));
    WeightMean mean = WeightMean.of(weights(1, 2, 3));

    assertThrows(IllegalArgumentException.class, () -> mean.plus(other));
  }
}
