package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.input.BatchShare;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Synchronised batch norm, with the statistics of all ranks' images, for one forward and backward
 * pass.
 *
 * <p>The engine's autograd does not span ranks, so its graph is cut at each batch norm: x̂ is
 * computed without recording and starts a new graph, which continues with weight · x̂ + bias.
 * Backward then runs from cut to cut, in reverse order of execution, so that each x̂'s gradient g
 * is complete when it is needed. With M values per channel and sums Σ over all ranks,
 *
 * <p>dx = (g − Σg / M − x̂ · Σ(g · x̂) / M) / √(variance + ε).
 *
 * <p>Σg and Σ(g · x̂) are the weight times the bias's and the weight's gradients. Each pass over an
 * array uses the fused batch norm kernel: with statistics 0 and 1 it is an affine map.
 */
final class SynchronizedNorm {
  private final Collective collective;
  private final BatchShare share;
  private final Deque<Cut> cuts = new ArrayDeque<>();

  /**
   * Where the graph is cut.
   *
   * @param x the end of the graph before the cut
   * @param normalized x̂, the start of the graph after the cut
   * @param scales 1 / √(variance + ε) per channel
   * @param values M
   */
  private record Cut(
      PtNDArray x,
      PtNDArray normalized,
      PtNDArray weight,
      PtNDArray bias,
      double[] scales,
      double values) {}

  /** The tensors of one batch norm layer, one value per channel. */
  record Tensors(PtNDArray mean, PtNDArray variance, PtNDArray weight, PtNDArray bias) {}

  /**
   * @param share of this rank, at least two images
   */
  SynchronizedNorm(Collective collective, BatchShare share) {
    this.collective = collective;
    this.share = share;
  }

  /**
   * Normalises an array and updates the running statistics.
   *
   * @param x (N,C,H,W), recorded, FLOAT32 or FLOAT64
   * @param momentum weight of the batch in the running statistics
   */
  NDArray apply(NDArray x, Tensors tensors, double momentum, double epsilon) {
    // Our own handle, since the caller closes its.
    PtNDArray end = (PtNDArray) x.reshape(x.getShape());
    PtNDArray normalized;
    double[] scales;
    double values = (double) x.size() / x.getShape().get(1) / share.count() * share.batchImages();
    JniUtils.setGradMode(false);
    try {
      double[][] statistics = statistics(end, values);
      double[] variances = statistics[1];
      double unbiased = values / (values - 1);
      move(tensors.mean(), statistics[0], 1, momentum);
      move(tensors.variance(), variances, unbiased, momentum);
      scales = Arrays.stream(variances).map(v -> 1 / Math.sqrt(v + epsilon)).toArray();
      try (PtNDArray mean = array(end, statistics[0]);
          PtNDArray variance = array(end, variances)) {
        normalized =
            JniUtils.batchNorm(
                end, mean, variance, ones(end), zeros(end), false, momentum, epsilon);
      }
    } finally {
      JniUtils.setGradMode(true);
    }
    normalized.setRequiresGradient(true);
    cuts.push(new Cut(end, normalized, tensors.weight(), tensors.bias(), scales, values));
    return affine(normalized, tensors.weight(), tensors.bias());
  }

  /** The channels' means and biased variances over all ranks. */
  private double[][] statistics(PtNDArray x, double values) {
    int channels = Math.toIntExact(x.getShape().get(1));
    double own = (double) x.size() / channels;
    double[] sums;
    try (PtNDArray means = zeros(x);
        PtNDArray variances = ones(x)) {
      // With momentum 1, the kernel's running statistics become this batch's; its output is not
      // used.
      JniUtils.batchNorm(x, means, variances, ones(x), zeros(x), true, 1, 0).close();
      double[] ownMeans = doubles(means);
      double[] ownVariances = doubles(variances);
      double[] parts = new double[2 * channels];
      for (int c = 0; c < channels; c++) {
        parts[c] = own * ownMeans[c];
        parts[channels + c] = (own - 1) * ownVariances[c] + own * ownMeans[c] * ownMeans[c];
      }
      sums = collective.sum(parts);
    }
    double[] means = new double[channels];
    double[] variances = new double[channels];
    for (int c = 0; c < channels; c++) {
      means[c] = sums[c] / values;
      variances[c] = Math.max(0, sums[channels + c] / values - means[c] * means[c]);
    }
    return new double[][] {means, variances};
  }

  /** Moves a running statistic towards the batch's. */
  private static void move(PtNDArray running, double[] batch, double factor, double momentum) {
    double[] part = Arrays.stream(batch).map(value -> value * factor * momentum).toArray();
    try (PtNDArray change = array(running, part)) {
      running.muli(1 - momentum).addi(change);
    }
  }

  /** Continues the loss's backward pass; must run without recording gradients. */
  void backward() {
    while (!cuts.isEmpty()) {
      Cut cut = cuts.pop();
      try (PtNDArray gradient = gradient(cut)) {
        // Branches share parts of the graph, so it must be kept.
        JniUtils.backward(cut.x(), gradient, true, false);
      }
      cut.x().close();
      cut.normalized().close();
    }
  }

  private PtNDArray gradient(Cut cut) {
    double[] weights = doubles(cut.weight());
    double[] products = gradients(cut.weight());
    double[] sums = gradients(cut.bias());
    int channels = weights.length;
    double[] parts = new double[2 * channels];
    for (int c = 0; c < channels; c++) {
      parts[c] = weights[c] * sums[c];
      parts[channels + c] = weights[c] * products[c];
    }
    double[] all = collective.sum(parts);
    double[] scales = cut.scales();
    double[] shifts = new double[channels];
    double[] slopes = new double[channels];
    for (int c = 0; c < channels; c++) {
      shifts[c] = -scales[c] * all[c] / cut.values();
      slopes[c] = -scales[c] * all[channels + c] / cut.values();
    }
    PtNDArray gradient = cut.normalized().getGradient();
    try (PtNDArray scale = array(gradient, scales);
        NDArray broad = scale.reshape(1, channels, 1, 1);
        PtNDArray slope = array(gradient, slopes);
        PtNDArray shift = array(gradient, shifts);
        NDArray rest = affine(cut.normalized(), slope, shift)) {
      gradient.muli(broad).addi(rest);
      return gradient;
    }
  }

  /** weight · x + bias per channel; recorded if gradients are being recorded. */
  private static PtNDArray affine(PtNDArray x, PtNDArray weight, PtNDArray bias) {
    return JniUtils.batchNorm(x, zeros(x), ones(x), weight, bias, false, 0, 0);
  }

  /** A zero per channel; owned by the pass's manager, since the graph may refer to it. */
  private static PtNDArray zeros(NDArray x) {
    return (PtNDArray) x.getManager().zeros(channels(x), x.getDataType());
  }

  private static PtNDArray ones(NDArray x) {
    return (PtNDArray) x.getManager().ones(channels(x), x.getDataType());
  }

  private static Shape channels(NDArray x) {
    return new Shape(x.getShape().get(1));
  }

  /** An array of the same type and manager as another. */
  static PtNDArray array(NDArray like, double[] values) {
    PtNDArray doubles = (PtNDArray) like.getManager().create(values);
    if (like.getDataType() == DataType.FLOAT64) {
      // toType does not copy to the same type, so closing the original would free its memory.
      return doubles;
    }
    try (doubles) {
      return doubles.toType(like.getDataType(), true);
    }
  }

  private static double[] gradients(NDArray array) {
    try (NDArray gradient = array.getGradient()) {
      return doubles(gradient);
    }
  }

  private static double[] doubles(NDArray array) {
    try (NDArray doubles = array.toType(DataType.FLOAT64, true)) {
      return doubles.toDoubleArray();
    }
  }
}
