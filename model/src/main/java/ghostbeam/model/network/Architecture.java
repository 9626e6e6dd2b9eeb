package ghostbeam.model.network;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import ghostbeam.model.tensor.Weights;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One network of a {@link Family}: everything needed to name and size its tensors.
 *
 * @param name the preset's name, or {@code custom}
 * @param inputSize side in pixels of the square images it is meant for
 * @param stemWidth channels after the first convolution
 * @param stages bottlenecks in order; stage {@code g}, block {@code i} is named {@code blocks.g.i}
 * @param trunkWidth channels of the 1×1 convolution after the last stage
 * @param featureWidth channels of the 1×1 convolution after pooling
 * @param activation after the stem and after the features; inside bottlenecks always ReLU
 * @param classes width of the logits
 * @param stated the family where it is not implied by the name, else null: a preset's name implies
 *     the preset's family, any other name {@link BigNet}. So checkpoints that predate families stay
 *     the same. Use {@link #family} to get the family
 */
public record Architecture(
    String name,
    int inputSize,
    int stemWidth,
    List<List<Bottleneck>> stages,
    int trunkWidth,
    int featureWidth,
    Activation activation,
    int classes,
    @JsonProperty("family") @JsonInclude(JsonInclude.Include.NON_NULL) Family stated)
    implements Serializable {

  private static final int MAX_WIDTH = 1 << 16;
  private static final int MAX_BLOCKS = 1 << 10;

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
      require(hidden > 0 && hidden <= MAX_WIDTH && hidden % 2 == 0, "an even hidden width", hidden);
      require(out > 0 && out <= MAX_WIDTH && out % 2 == 0, "an even output width", out);
      require(squeeze >= 0 && squeeze <= MAX_WIDTH, "a squeeze width", squeeze);
    }
  }

  public Architecture {
    Objects.requireNonNull(name, "an architecture needs a name");
    Objects.requireNonNull(activation, "an architecture needs an activation");
    stages = stages.stream().map(List::copyOf).toList();
    stated = stated == familyOf(name) ? null : stated;
    int smallest = Math.max(8, (stated == null ? familyOf(name) : stated).smallestImage());
    require(
        inputSize >= smallest && inputSize <= 4096,
        "an input size from " + smallest + " to 4096",
        inputSize);
    require(stemWidth > 0 && stemWidth <= MAX_WIDTH, "a stem width", stemWidth);
    require(trunkWidth > 0 && trunkWidth <= MAX_WIDTH, "a trunk width", trunkWidth);
    require(featureWidth > 0 && featureWidth <= MAX_WIDTH, "a feature width", featureWidth);
    require(classes >= 2 && classes <= 1 << 20, "at least 2 classes", classes);
    int blocks = stages.stream().mapToInt(List::size).sum();
    require(blocks > 0 && blocks <= MAX_BLOCKS, "from 1 to " + MAX_BLOCKS + " blocks", blocks);
  }

  private static Family familyOf(String name) {
    return Arrays.stream(Preset.values())
        .filter(preset -> preset.title().equals(name))
        .map(Preset::family)
        .findFirst()
        .orElse(BigNet.FAMILY);
  }

  /**
   * A network named {@code custom}, by default with ReLU, 1000 classes and images of 224 pixels.
   */
  public static Architecture of(
      Family family,
      int stemWidth,
      List<List<Bottleneck>> stages,
      int trunkWidth,
      int featureWidth) {
    return new Architecture(
        "custom", 224, stemWidth, stages, trunkWidth, featureWidth, Activation.RELU, 1000, family);
  }

  /** The family, which defines the forward pass. */
  public Family family() {
    return stated == null ? familyOf(name) : stated;
  }

  /** {@link Family#forward} of this network. */
  public <T> T forward(Operations<T> operations, T image) {
    return family().forward(this, operations, image);
  }

  /** The number of bottlenecks in all stages. */
  public int blockCount() {
    return stages.stream().mapToInt(List::size).sum();
  }

  /** Initial weights for training, a pure function of the seed. */
  public Weights initialWeights(long seed) {
    return Weights.initial(Outline.of(this).tensors(), seed);
  }

  /** The same network under another name. */
  public Architecture named(String newName) {
    return with(newName, inputSize, activation, classes);
  }

  /** The same network for another image size. */
  public Architecture withInputSize(int newInputSize) {
    return with(name, newInputSize, activation, classes);
  }

  /** The same network with another activation outside the blocks. */
  Architecture withActivation(Activation newActivation) {
    return with(name, inputSize, newActivation, classes);
  }

  /** The same trunk for another number of classes. */
  public Architecture withClasses(int newClasses) {
    return with(name, inputSize, activation, newClasses);
  }

  private Architecture with(String called, int side, Activation outside, int count) {
    return new Architecture(
        called, side, stemWidth, stages, trunkWidth, featureWidth, outside, count, family());
  }

  private static void require(boolean holds, String expectation, int found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "an architecture needs " + expectation + ", found " + found);
    }
  }
}
