package ghostbeam.model.search;

import ghostbeam.model.network.Activation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Architecture.Bottleneck;
import ghostbeam.model.network.BigNet;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of a network of the S-GhostNet recipe ({@link BigNet}).
 *
 * @param layers blocks of each of the six stages
 * @param channels output width of each stage, multiples of 4
 * @param large squeeze-and-excite everywhere and hard-swish outside of the blocks
 * @param inputSize side of its images in pixels
 */
public record Dimensions(List<Integer> layers, List<Integer> channels, boolean large, int inputSize)
    implements Serializable {

  public Dimensions {
    layers = List.copyOf(layers);
    channels = List.copyOf(channels);
  }

  /**
   * The sizes of a network.
   *
   * @throws IllegalArgumentException if it is of another family, or its widths vary within a stage
   */
  public static Dimensions of(Architecture network) {
    Dimensions read =
        new Dimensions(
            network.stages().stream().map(List::size).toList(),
            network.stages().stream().map(Dimensions::width).toList(),
            network.activation() == Activation.HARD_SWISH,
            network.inputSize());
    if (network.family() != BigNet.FAMILY
        || !read.architecture(network.classes()).stages().equals(network.stages())) {
      throw new IllegalArgumentException(
          network.name()
              + " is not made of six stages as bignet-1x is, with channels that are multiples of 4,"
              + " so there is nothing to enlarge stage by stage");
    }
    return read;
  }

  private static int width(List<Bottleneck> stage) {
    return stage.get(stage.size() - 1).out();
  }

  /** The network for so many classes. */
  public Architecture architecture(int classes) {
    return BigNet.of(layers, channels, large).withInputSize(inputSize).withClasses(classes);
  }

  Dimensions withLayers(int stage, int blocks) {
    return new Dimensions(with(layers, stage, blocks), channels, large, inputSize);
  }

  Dimensions withLayers(List<Integer> other) {
    return new Dimensions(other, channels, large, inputSize);
  }

  Dimensions withChannels(int stage, int width) {
    return withChannels(with(channels, stage, width));
  }

  Dimensions withChannels(List<Integer> other) {
    return new Dimensions(layers, other, large, inputSize);
  }

  Dimensions withInputSize(int side) {
    return new Dimensions(layers, channels, large, side);
  }

  private static List<Integer> with(List<Integer> all, int stage, int value) {
    List<Integer> changed = new ArrayList<>(all);
    changed.set(stage, value);
    return changed;
  }
}
