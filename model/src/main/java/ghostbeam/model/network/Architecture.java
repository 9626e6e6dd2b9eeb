package ghostbeam.model.network;

import ghostbeam.model.tensor.Weights;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * The shape of one GhostNet-family network: everything needed to name and size its tensors.
 *
 * <p>Sources: GhostNet (Han et al., CVPR 2020) and S-GhostNet (MindSpore model zoo, 2022).
 *
 * @param name the preset's name, or {@code custom}
 * @param inputSize side in pixels of the square images it is meant for
 * @param stemWidth channels after the first convolution
 * @param stages bottlenecks in order; stage {@code g}, block {@code i} is named {@code blocks.g.i}
 * @param trunkWidth channels of the 1×1 convolution after the last stage
 * @param featureWidth channels of the 1×1 convolution after pooling
 * @param activation after the stem and after the features; inside bottlenecks it is always ReLU
 * @param classes width of the logits
 */
public record Architecture(
    String name,
    int inputSize,
    int stemWidth,
    List<List<Bottleneck>> stages,
    int trunkWidth,
    int featureWidth,
    Activation activation,
    int classes)
    implements Serializable {

  private static final int WIDEST = 1 << 16;
  private static final int DEEPEST = 1 << 10;

  /**
   * One block.
   *
   * @param kernel side of the strided and shortcut depthwise convolutions
   * @param stride 1 or 2
   * @param hidden channels between the two ghost modules, even
   * @param out channels after the block, even
   * @param squeeze channels inside squeeze-and-excite; 0 where the block has none
   */
  public record Bottleneck(int kernel, int stride, int hidden, int out, int squeeze)
      implements Serializable {
    public Bottleneck {
      require(kernel == 3 || kernel == 5, "kernel 3 or 5", kernel);
      require(stride == 1 || stride == 2, "stride 1 or 2", stride);
      require(hidden > 0 && hidden <= WIDEST && hidden % 2 == 0, "an even hidden width", hidden);
      require(out > 0 && out <= WIDEST && out % 2 == 0, "an even output width", out);
      require(squeeze >= 0 && squeeze <= WIDEST, "a squeeze width", squeeze);
    }
  }

  public Architecture {
    Objects.requireNonNull(name, "an architecture needs a name");
    Objects.requireNonNull(activation, "an architecture needs an activation");
    stages = stages.stream().map(List::copyOf).toList();
    require(inputSize >= 8 && inputSize <= 4096, "an input size from 8 to 4096", inputSize);
    require(stemWidth > 0 && stemWidth <= WIDEST, "a stem width", stemWidth);
    require(trunkWidth > 0 && trunkWidth <= WIDEST, "a trunk width", trunkWidth);
    require(featureWidth > 0 && featureWidth <= WIDEST, "a feature width", featureWidth);
    require(classes >= 2 && classes <= 1 << 20, "at least 2 classes", classes);
    int blocks = stages.stream().mapToInt(List::size).sum();
    require(blocks > 0 && blocks <= DEEPEST, "from 1 to " + DEEPEST + " blocks", blocks);
  }

  /** Bottlenecks in all stages. */
  public int blockCount() {
    return stages.stream().mapToInt(List::size).sum();
  }

  /** Weights to start training from, a pure function of the seed. */
  public Weights initialWeights(long seed) {
    return Weights.initial(Outline.of(this).tensors(), seed);
  }

  /** The same trunk for another number of classes. */
  public Architecture withClasses(int newClasses) {
    return new Architecture(
        name, inputSize, stemWidth, stages, trunkWidth, featureWidth, activation, newClasses);
  }

  /** The same network meant for another image size. */
  public Architecture withInputSize(int newInputSize) {
    return new Architecture(
        name, newInputSize, stemWidth, stages, trunkWidth, featureWidth, activation, classes);
  }

  private static void require(boolean holds, String expectation, int found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "an architecture needs " + expectation + ", found " + found);
    }
  }
}
