package ghostbeam.model.torchscript;

import ghostbeam.model.network.Convolution;
import ghostbeam.model.tensor.Weights;
import java.util.Arrays;

/**
 * A convolution for inference, with batch norm folded into it in float64, then rounded once to
 * float32.
 *
 * @param geometry widths, kernel, stride and groups
 * @param weight (out, height, width, in / groups): channels last, as kernels read it
 * @param bias (out)
 */
record FoldedLayer(Convolution geometry, float[] weight, float[] bias) {
  private static final double NORM_EPSILON = 1e-5;

  /** A convolution and the batch norm after it. */
  static FoldedLayer normalized(Weights weights, Convolution geometry, String batchNorm) {
    return normalized(weights, geometry, batchNorm, ones(geometry.inPerGroup()));
  }

  /**
   * A convolution and the batch norm after it.
   *
   * @param divisors by which its inputs are yet to be divided, per channel; folded into the weight
   */
  static FoldedLayer normalized(
      Weights weights, Convolution geometry, String batchNorm, double[] divisors) {
    float[] gamma = weights.get(batchNorm + ".weight");
    float[] beta = weights.get(batchNorm + ".bias");
    float[] mean = weights.get(batchNorm + ".running_mean");
    float[] variance = weights.get(batchNorm + ".running_var");
    double[] scale = new double[gamma.length];
    float[] bias = new float[gamma.length];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = gamma[c] / Math.sqrt(variance[c] + NORM_EPSILON);
      bias[c] = (float) (beta[c] - mean[c] * scale[c]);
    }
    double[] factors = Arrays.stream(divisors).map(divisor -> 1 / divisor).toArray();
    return new FoldedLayer(geometry, channelsLast(weights, geometry, scale, factors), bias);
  }

  /** A convolution with its own bias and no batch norm. */
  static FoldedLayer biased(Weights weights, Convolution geometry) {
    float[] bias = weights.get(geometry.name() + ".bias");
    double[] scale = ones(geometry.out());
    double[] factors = ones(geometry.inPerGroup());
    return new FoldedLayer(geometry, channelsLast(weights, geometry, scale, factors), bias);
  }

  private static double[] ones(int length) {
    double[] ones = new double[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static float[] channelsLast(
      Weights weights, Convolution geometry, double[] scale, double[] factors) {
    float[] weight = weights.get(geometry.name() + ".weight");
    int in = geometry.inPerGroup();
    int taps = geometry.taps();
    float[] result = new float[weight.length];
    for (int o = 0; o < geometry.out(); o++) {
      for (int i = 0; i < in; i++) {
        for (int t = 0; t < taps; t++) {
          double folded = weight[(o * in + i) * taps + t] * scale[o] * factors[i];
          result[(o * taps + t) * in + i] = (float) folded;
        }
      }
    }
    return result;
  }

  /** The weight as (out, in / groups, height, width). */
  float[] planes() {
    int in = geometry.inPerGroup();
    int taps = geometry.taps();
    float[] result = new float[weight.length];
    for (int i = 0; i < result.length; i++) {
      int out = i / (in * taps);
      int input = i / taps % in;
      int tap = i % taps;
      result[i] = weight[(out * taps + tap) * in + input];
    }
    return result;
  }

  /** The part of a depthwise layer for a range of channels. */
  FoldedLayer channels(int from, int to) {
    int taps = geometry.taps();
    int width = to - from;
    return new FoldedLayer(
        new Convolution(
            geometry.name(),
            width,
            width,
            geometry.height(),
            geometry.width(),
            geometry.stride(),
            width),
        Arrays.copyOfRange(weight, from * taps, to * taps),
        Arrays.copyOfRange(bias, from, to));
  }

  /**
   * The contribution of a range of input channels to a 1×1 layer's outputs; the first range
   * includes the bias.
   */
  FoldedLayer inputs(int from, int to) {
    int width = to - from;
    float[] columns = new float[geometry.out() * width];
    for (int o = 0; o < geometry.out(); o++) {
      System.arraycopy(weight, o * geometry.in() + from, columns, o * width, width);
    }
    return new FoldedLayer(
        new Convolution(geometry.name(), width, geometry.out(), 1, 1, 1),
        columns,
        from == 0 ? bias : new float[bias.length]);
  }
}
