package ghostbeam.model.checkpoint;

import ghostbeam.model.network.Outline;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trained network: its metadata and its tensors by name.
 *
 * <p>On disk it is one safetensors file with float32 tensors named in the PyTorch/timm convention,
 * in network order. The same checkpoint always has the same bytes.
 */
public final class Checkpoint {
  /** The suffix of a checkpoint's file name. */
  public static final String SUFFIX = ".safetensors";

  private final CheckpointInfo info;
  private final Weights weights;
  private final String digest;

  private Checkpoint(CheckpointInfo info, Weights weights, String digest) {
    this.info = info;
    this.weights = weights;
    this.digest = digest;
  }

  /** Writes a checkpoint so that it appears whole or not at all. */
  public static void write(Storage storage, String path, CheckpointInfo info, Weights weights)
      throws IOException {
    List<RawTensor> tensors = new ArrayList<>();
    for (TensorSpec spec : weights.specs()) {
      long[] shape = spec.shape().stream().mapToLong(Integer::longValue).toArray();
      tensors.add(RawTensor.of(spec.name(), shape, weights.get(spec.name())));
    }
    Safetensors.write(storage, path, info.toStrings(), tensors);
  }

  /**
   * Reads and checks a file, keeping only its metadata.
   *
   * @param digest updated with the file's bytes, so that the file is read once
   * @throws IOException where the file is missing, is not a checkpoint, or its tensors are not
   *     exactly those of its architecture; the message lists the first differences
   */
  public static CheckpointInfo readInfo(Storage storage, String path, MessageDigest digest)
      throws IOException {
    byte[] file = load(storage, path);
    digest.update(file);
    return info(path, file);
  }

  /** The same for a file already in memory. */
  public static CheckpointInfo info(String path, byte[] file) throws IOException {
    return info(path, Safetensors.parse(path, file));
  }

  /** The bytes of a file; a missing one throws, naming it. */
  public static byte[] load(Storage storage, String path) throws IOException {
    return Safetensors.load(storage, path);
  }

  /** Reads and checks a whole checkpoint; throws as {@link #readInfo} does. */
  public static Checkpoint read(Storage storage, String path) throws IOException {
    return of(path, load(storage, path));
  }

  /** The same for a file already in memory. */
  public static Checkpoint of(String path, byte[] bytes) throws IOException {
    Safetensors file = Safetensors.parse(path, bytes);
    CheckpointInfo info = info(path, file);
    List<TensorSpec> specs = Outline.of(info.architecture()).tensors();
    Map<String, float[]> values = new LinkedHashMap<>();
    for (TensorSpec spec : specs) {
      values.put(spec.name(), file.tensors().get(spec.name()).toFloats(spec.size()));
    }
    return new Checkpoint(info, new Weights(specs, values), Sha256.of(bytes));
  }

  private static CheckpointInfo info(String path, Safetensors file) throws IOException {
    CheckpointInfo info = CheckpointInfo.fromStrings(path, file.strings());
    TensorMismatch mismatch =
        differences(Outline.of(info.architecture()).tensors(), file.tensors());
    if (!mismatch.isNone()) {
      throw new IOException(
          path
              + " does not hold the tensors of its architecture "
              + info.architecture().name()
              + ": "
              + mismatch);
    }
    return info;
  }

  private static TensorMismatch differences(
      List<TensorSpec> specs, Map<String, RawTensor> tensors) {
    Map<String, RawTensor> found = new LinkedHashMap<>(tensors);
    TensorMismatch mismatch = new TensorMismatch();
    for (TensorSpec spec : specs) {
      RawTensor tensor = found.remove(spec.name());
      if (tensor == null) {
        mismatch.addFault(spec.name() + " is missing");
      } else if (!tensor.hasShape(spec.shape()) || !tensor.dtype().equals(Dtype.F32.name())) {
        mismatch.addFault(spec.name() + " is " + tensor.described() + ", not F32 " + spec.shape());
      }
    }
    found.keySet().forEach(mismatch::addUnknown);
    return mismatch;
  }

  public CheckpointInfo info() {
    return info;
  }

  public Weights weights() {
    return weights;
  }

  /** {@code sha256:} and 64 hex digits over the file's bytes. */
  public String digest() {
    return digest;
  }
}
