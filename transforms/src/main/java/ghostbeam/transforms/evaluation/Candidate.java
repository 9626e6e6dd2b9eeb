package ghostbeam.transforms.evaluation;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.io.Serializable;
import java.security.MessageDigest;
import java.util.List;

/**
 * What is scored: a checkpoint file, seen one way. It goes by its place; weights are read where
 * they are used.
 *
 * @param name its tally's, unique among the candidates
 * @param path its file
 * @param digest of the file, which must still be the same when a worker reads it
 * @param classes what it knows, in the order of its logits; numbers where it has no names
 * @param view how it sees an image
 * @param precision of its convolutions
 * @param memoryBytes that its weights take in a worker, in all slots together
 */
public record Candidate(
    String name,
    String path,
    String digest,
    List<String> classes,
    ValidationView view,
    Precision precision,
    long memoryBytes)
    implements Serializable {

  /**
   * A checkpoint file, read once, by its path without {@code .safetensors}: seen as its validation
   * saw images, in float32, in as many slots as this machine has cores.
   *
   * @throws IOException where it is missing, damaged or no checkpoint of ours
   */
  public static Candidate read(Storage storage, String path) throws IOException {
    MessageDigest digest = Sha256.begin();
    CheckpointInfo info = Checkpoint.readInfo(storage, path, digest);
    return of(path, Sha256.end(digest), info, Runtime.getRuntime().availableProcessors());
  }

  /**
   * The same of a file that has been read.
   *
   * @param slots that score it at a time in a worker
   */
  public static Candidate of(String path, String digest, CheckpointInfo info, int slots) {
    return new Candidate(
        name(path),
        path,
        digest,
        info.classes(),
        info.preprocessing(),
        Precision.FLOAT32,
        Classifier.bytes(info.architecture(), slots));
  }

  private static String name(String path) {
    return path.endsWith(Checkpoint.SUFFIX)
        ? path.substring(0, path.length() - Checkpoint.SUFFIX.length())
        : path;
  }

  /** The same under another name. */
  public Candidate named(String other) {
    return new Candidate(other, path, digest, classes, view, precision, memoryBytes);
  }

  /** The same file, seen another way. */
  public Candidate withView(ValidationView other) {
    return new Candidate(name, path, digest, classes, other, precision, memoryBytes);
  }

  /** The same file, computed another way. */
  public Candidate withPrecision(Precision other) {
    return new Candidate(name, path, digest, classes, view, other, memoryBytes);
  }

  /** What is loaded: candidates of the same key share it. */
  public String key() {
    return digest + " " + precision.title();
  }
}
