package ghostbeam.model.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.image.Interpolation;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * Networks of one kind: how they compute, what others call their tensors, how their published
 * weights see images. Its factories lay out the blocks of its networks; {@link Preset} lists those.
 */
public interface Family extends Serializable {

  /** As the metadata of checkpoints names it. */
  @JsonValue
  String title();

  /**
   * Runs images through a network of the family.
   *
   * @param image (N,3,H,W), normalised; it stays the caller's to release
   * @return logits (N,classes), before softmax
   */
  default <T> T forward(Architecture architecture, Operations<T> operations, T image) {
    return new GhostForward<>(architecture, operations).logits(image);
  }

  /**
   * What the original (MindSpore) calls a block that we, as timm does, call {@code blocks.g.i}.
   *
   * @param stage g; one more than the last stage's is the 1×1 convolution after them
   * @param i the block's place in its stage
   * @return empty where the original has no such networks
   */
  default Optional<String> originalBlock(Architecture architecture, int stage, int i) {
    return Optional.empty();
  }

  /** The bicubic that published weights were validated with. */
  Interpolation interpolation();

  /** Side in pixels of the smallest images that can be computed. */
  default int smallestImage() {
    return 1;
  }

  /**
   * The family of a title.
   *
   * @throws IllegalArgumentException if no preset is of such a family
   */
  @JsonCreator
  static Family named(String title) {
    return Arrays.stream(Preset.values())
        .map(Preset::family)
        .filter(family -> family.title().equals(title))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no family of networks '" + title + "'"));
  }
}
