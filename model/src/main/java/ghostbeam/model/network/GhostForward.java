package ghostbeam.model.network;

import ghostbeam.model.network.Architecture.Bottleneck;
import java.util.List;

/**
 * The forward pass shared by GhostNet's families: a stem, blocks of two ghost modules, a head.
 * Families with different blocks override parts of it.
 */
class GhostForward<T> {
  final Operations<T> operations;
  private final Architecture architecture;

  GhostForward(Architecture architecture, Operations<T> operations) {
    this.architecture = architecture;
    this.operations = operations;
  }

  /** Logits (N,classes), before softmax, of a normalised image (N,3,H,W). */
  final T logits(T image) {
    Activation activation = architecture.activation();
    T x =
        operations.convolveAndNormalize(
            new Convolution("conv_stem", 3, architecture.stemWidth(), 3, 2, 1),
            "bn1",
            activation,
            image);
    int width = architecture.stemWidth();
    int block = 0;
    List<List<Bottleneck>> stages = architecture.stages();
    for (int stage = 0; stage < stages.size(); stage++) {
      for (int i = 0; i < stages.get(stage).size(); i++) {
        Bottleneck bottleneck = stages.get(stage).get(i);
        T input = x;
        x = bottleneck("blocks." + stage + "." + i, block++, width, bottleneck, input);
        operations.release(input);
        width = bottleneck.out();
      }
    }
    return head(x, width, activation);
  }

  private T head(T trunk, int width, Activation activation) {
    String last = "blocks." + architecture.stages().size() + ".0.";
    T wide =
        normalized(
            Convolution.pointwise(last + "conv", width, architecture.trunkWidth()),
            last + "bn1",
            Activation.RELU,
            trunk);
    T pooled = operations.globalMean(wide);
    operations.release(wide);
    T features =
        operations.convolveWithBias(
            Convolution.pointwise(
                "conv_head", architecture.trunkWidth(), architecture.featureWidth()),
            activation,
            pooled);
    operations.release(pooled);
    T kept = operations.dropFeatures(features);
    T logits =
        operations.dense("classifier", architecture.featureWidth(), architecture.classes(), kept);
    operations.release(kept);
    return logits;
  }

  /**
   * Two ghost modules with an optional strided convolution and squeeze-and-excite between them, and
   * a shortcut.
   */
  private T bottleneck(String name, int number, int in, Bottleneck block, T x) {
    T y = expand(name + ".ghost1", number, in, block.hidden(), x);
    if (block.stride() > 1) {
      Convolution strided =
          Convolution.depthwise(name + ".conv_dw", block.hidden(), block.kernel(), block.stride());
      y = normalized(strided, name + ".bn_dw", Activation.NONE, y);
    }
    if (block.squeeze() > 0) {
      y = squeezeAndExcite(name + ".se", block.hidden(), block.squeeze(), y);
    }
    T narrow = ghost(name + ".ghost2", block.hidden(), block.out(), Activation.NONE, y);
    operations.release(y);
    T main = operations.dropPath((double) number / architecture.blockCount(), narrow);
    if (in == block.out() && block.stride() == 1) {
      T sum = operations.add(main, x);
      operations.release(main);
      return sum;
    }
    T shortcut = shortcut(name + ".shortcut", in, block, x);
    T sum = operations.add(main, shortcut);
    operations.release(main);
    operations.release(shortcut);
    return sum;
  }

  private T shortcut(String name, int in, Bottleneck block, T x) {
    T spatial =
        operations.convolveAndNormalize(
            Convolution.depthwise(name + ".0", in, block.kernel(), block.stride()),
            name + ".1",
            Activation.NONE,
            x);
    return normalized(
        Convolution.pointwise(name + ".2", in, block.out()), name + ".3", Activation.NONE, spatial);
  }

  /**
   * A block's first ghost module, (N,in,H,W) → (N,hidden,H,W).
   *
   * @param block 0-based number of the block in the network
   * @param x the caller releases it
   */
  T expand(String name, int block, int in, int hidden, T x) {
    return ghost(name, in, hidden, Activation.RELU, x);
  }

  /**
   * Half of the channels from a 1×1 convolution, the other half from a cheap depthwise 3×3
   * convolution of these.
   */
  private T ghost(String name, int in, int out, Activation activation, T x) {
    int half = (out + 1) / 2;
    T primary =
        operations.convolveAndNormalize(
            Convolution.pointwise(name + ".primary_conv.0", in, half),
            name + ".primary_conv.1",
            activation,
            x);
    T cheap =
        operations.convolveAndNormalize(
            Convolution.depthwise(name + ".cheap_operation.0", half, 3, 1),
            name + ".cheap_operation.1",
            activation,
            primary);
    T both = operations.concatenate(primary, cheap);
    operations.release(primary);
    operations.release(cheap);
    return both;
  }

  private T squeezeAndExcite(String name, int width, int squeeze, T x) {
    T mean = operations.globalMean(x);
    T reduced =
        operations.convolveWithBias(
            Convolution.pointwise(name + ".conv_reduce", width, squeeze), Activation.RELU, mean);
    operations.release(mean);
    T gates =
        operations.convolveWithBias(
            Convolution.pointwise(name + ".conv_expand", squeeze, width),
            Activation.HARD_SIGMOID,
            reduced);
    operations.release(reduced);
    T gated = operations.gate(x, gates);
    operations.release(gates);
    operations.release(x);
    return gated;
  }

  /** {@link Operations#convolveAndNormalize}, which also releases its input. */
  final T normalized(Convolution layer, String batchNorm, Activation activation, T x) {
    T y = operations.convolveAndNormalize(layer, batchNorm, activation, x);
    operations.release(x);
    return y;
  }
}
