package ghostbeam.model.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.image.Interpolation;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * A family of networks: their forward pass, their tensors' names in the original, and the
 * interpolation of their published weights. A family's factories define the blocks of its networks;
 * {@link Preset} lists the published ones.
 */
public interface Family extends Serializable {

  /** Its name in the metadata of checkpoints. */
  @JsonValue
  String title();

  /**
   * Runs images through a network of the family.
   *
   * @param image (N,3,H,W), normalised; the caller releases it
   * @return logits (N,classes), before softmax
   */
  default <T> T forward(Architecture architecture, Operations<T> operations, T image) {
    return new GhostForward<>(architecture, operations).logits(image);
  }

  /**
   * The original's (MindSpore) name for the block that we and timm call {@code blocks.g.i}.
   *
   * @param stage g; one past the last stage denotes the 1×1 convolution after it
   * @param i the block's index within its stage
   * @return empty where the original does not have this family
   */
  default Optional<String> originalBlock(Architecture architecture, int stage, int i) {
    return Optional.empty();
  }

  /** The interpolation with which the published weights were validated. */
  Interpolation interpolation();

  /** Side in pixels of the smallest images that the family's networks accept. */
  default int smallestImage() {
    return 1;
  }

  /**
   * The family with this title.
   *
   * @throws IllegalArgumentException if no preset has such a family
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
