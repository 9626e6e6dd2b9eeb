package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.inference.FoldedLayers.Layer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointwiseConvolutionTest {
  private static final int BATCH = 16;
  private static final int SIDE = 5;
  private static final int IN = 24;

  /** Widths that oneDNN's own kernel gets wrong on some processors among them. */
  @ParameterizedTest
  @ValueSource(ints = {8, 36, 40, 48, 64, 72, 80, 100, 112, 240})
  void isRightOnTheFirstCallAndTheSameOnTheNext(int out) {
    Classifier.useThreads(1);
    float[] x = random(BATCH * SIDE * SIDE * IN, 1);
    float[] weight = random(out * IN, 2);
    float[] bias = random(out, 3);
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray images = manager.create(x, new Shape(BATCH, SIDE, SIDE, IN));
      Layer layer =
          new Layer(
              manager.create(weight, new Shape(out, IN)), manager.create(bias, new Shape(out)));
      float[] first = PointwiseConvolution.apply(layer, images).toFloatArray();
      assertArrayEquals(first, PointwiseConvolution.apply(layer, images).toFloatArray());
      for (int pixel = 0; pixel < BATCH * SIDE * SIDE; pixel++) {
        for (int c = 0; c < out; c++) {
          double sum = bias[c];
          for (int i = 0; i < IN; i++) {
            sum += (double) x[pixel * IN + i] * weight[c * IN + i];
          }
          assertEquals(sum, first[pixel * out + c], 1e-4, "pixel " + pixel + " channel " + c);
        }
      }
    }
  }

  private static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
