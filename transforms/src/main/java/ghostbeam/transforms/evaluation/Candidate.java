package ghostbeam.transforms.evaluation;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.ModelFile;
import ghostbeam.model.inference.ModelFormats;
import ghostbeam.model.inference.ModelLoader;
import ghostbeam.model.inference.ModuleInput;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A checkpoint or TorchScript module to score, with the view and precision to score it in. Holds
 * the file's path, not its weights, which each worker reads.
 *
 * @param name the key of its tally, unique among the candidates
 * @param path absolute path or URI of the file
 * @param digest SHA-256 of the file; a worker that reads other bytes fails
 * @param classes class names in logit order; numbers if the file has no names
 * @param view how images are resized, cropped and normalised
 * @param precision of the convolutions
 * @param loader turns the file into a classifier
 */
public record Candidate(
    String name,
    String path,
    String digest,
    List<String> classes,
    ValidationView view,
    Precision precision,
    ModelLoader loader)
    implements Serializable {

  /**
   * Reads a file once, to score it with the view it was validated with, in float32 or, if it was
   * exported, in the precision of the export. Its name is the path without the suffix; the memory
   * estimate assumes one slot per core of this machine. A TorchScript module is code that this
   * runs; for a foreign one see {@link ModelFormats#read} and {@link #of}.
   *
   * @throws IOException if it is missing, damaged or not a model file
   */
  public static Candidate read(Storage storage, String path) throws IOException {
    byte[] file = Checkpoint.load(storage, path);
    ModelFile model =
        ModelFormats.read(
            path,
            file,
            UnaryOperator.identity(),
            ModuleInput.Planes.IMAGENET,
            Runtime.getRuntime().availableProcessors());
    return of(path, Sha256.of(file), model);
  }

  /** A file that has already been read. */
  public static Candidate of(String path, String digest, ModelFile model) {
    return new Candidate(
        ModelFormats.withoutSuffix(path),
        path,
        digest,
        model.info().classes(),
        model.info().preprocessing(),
        model.precision().orElse(Precision.FLOAT32),
        model.loader());
  }

  /** The same under another name. */
  public Candidate named(String other) {
    return new Candidate(other, path, digest, classes, view, precision, loader);
  }

  /** The same file with another view. */
  public Candidate withView(ValidationView other) {
    return new Candidate(name, path, digest, classes, other, precision, loader);
  }

  /** The same file in another precision. */
  public Candidate withPrecision(Precision other) {
    return new Candidate(name, path, digest, classes, view, other, loader);
  }

  /** Bytes its weights take in one worker, all slots together. */
  public long memoryBytes() {
    return loader.memoryBytes();
  }

  /** Candidates with the same key share one loaded classifier. */
  public String key() {
    return String.join(" ", digest, precision.title(), loader.toString());
  }
}
