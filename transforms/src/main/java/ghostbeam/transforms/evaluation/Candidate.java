package ghostbeam.transforms.evaluation;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.torchscript.Precision;
import java.io.Serializable;

/**
 * A checkpoint to score, by place: weights are read where they are used.
 *
 * @param name its tally's, unique among the candidates
 * @param path its file
 * @param digest of the file, which must still be the same when a worker reads it
 * @param inputSize side of its square images in pixels
 * @param cropFraction crop side over resized shorter side
 * @param interpolation which bicubic resizes
 * @param precision of its convolutions
 * @param memoryBytes that its weights take in a worker, in all slots together
 */
public record Candidate(
    String name,
    String path,
    String digest,
    int inputSize,
    double cropFraction,
    Interpolation interpolation,
    Precision precision,
    long memoryBytes)
    implements Serializable {

  /** What is loaded: candidates of the same key share it. */
  String key() {
    return digest + " " + precision.title();
  }

  /** How it sees an image. */
  public ValidationView view() {
    return new ValidationView(inputSize, cropFraction, interpolation);
  }
}
