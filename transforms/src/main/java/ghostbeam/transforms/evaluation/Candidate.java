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
 * What is scored: a checkpoint or a TorchScript module, seen one way. It goes by its place; weights
 * are read where they are used.
 *
 * @param name its tally's, unique among the candidates
 * @param path its file
 * @param digest of the file, which must still be the same when a worker reads it
 * @param classes what it knows, in the order of its logits; numbers where it has no names
 * @param view how it sees an image
 * @param precision of its convolutions
 * @param loader what makes a classifier of the file
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
   * A file, read once, by its path without {@code .safetensors} or what else it ends in: seen as
   * its validation saw images, in float32 or as it was exported, in as many slots as this machine
   * has cores. A module is code, and this runs it; of one that is not ours see {@link
   * ModelFormats#read} and {@link #of}.
   *
   * @throws IOException where it is missing, damaged or nothing that can be scored
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

  /** The same of a file that has been read. */
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

  /** The same file, seen another way. */
  public Candidate withView(ValidationView other) {
    return new Candidate(name, path, digest, classes, other, precision, loader);
  }

  /** The same file, computed another way. */
  public Candidate withPrecision(Precision other) {
    return new Candidate(name, path, digest, classes, view, other, loader);
  }

  /** Bytes that its weights take in a worker, in all slots together. */
  public long memoryBytes() {
    return loader.memoryBytes();
  }

  /** What is loaded: candidates of the same key share it. */
  public String key() {
    return String.join(" ", digest, precision.title(), loader.toString());
  }
}
