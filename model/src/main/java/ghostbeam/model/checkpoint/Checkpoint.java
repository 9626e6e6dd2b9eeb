package ghostbeam.model.checkpoint;

import ghostbeam.model.checkpoint.SafetensorsHeader.Entry;
import ghostbeam.model.network.Outline;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final int LARGEST_BYTES = Integer.MAX_VALUE - 8;

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
    List<Entry> entries = new ArrayList<>();
    List<ByteBuffer> parts = new ArrayList<>();
    long position = 0;
    for (TensorSpec spec : weights.specs()) {
      float[] value = weights.get(spec.name());
      long end = position + (long) value.length * Float.BYTES;
      long[] shape = spec.shape().stream().mapToLong(Integer::longValue).toArray();
      entries.add(new Entry(spec.name(), "F32", shape, position, end));
      ByteBuffer bytes =
          ByteBuffer.allocate(value.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(value);
      parts.add(bytes);
      position = end;
    }
    parts.add(0, ByteBuffer.wrap(new SafetensorsHeader(info.toStrings(), entries).toBytes()));
    storage.writeWhole(path, parts.toArray(ByteBuffer[]::new));
  }

  /**
   * Reads metadata only.
   *
   * @throws IOException where the file is missing, is no checkpoint of ours, or its tensors are not
   *     exactly those of the architecture it names: all differences in one message
   */
  public static CheckpointInfo readInfo(Storage storage, String path) throws IOException {
    SafetensorsHeader header = Safetensors.readHeader(storage, path);
    CheckpointInfo info = CheckpointInfo.fromStrings(path, header.metadata());
    List<String> faults = differences(Outline.of(info.architecture()).tensors(), header.entries());
    if (!faults.isEmpty()) {
      throw new IOException(
          path
              + " does not hold the tensors of its architecture "
              + info.architecture().name()
              + ": "
              + String.join("; ", faults));
    }
    return info;
  }

  /** Reads and checks a whole checkpoint. */
  public static Checkpoint read(Storage storage, String path) throws IOException {
    CheckpointInfo info = readInfo(storage, path);
    byte[] file = storage.readWhole(path, LARGEST_BYTES);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int data = Math.toIntExact(SafetensorsHeader.LENGTH_BYTES + bytes.getLong());
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Entry entry : Safetensors.readHeader(storage, path).entries()) {
      float[] value = new float[Math.toIntExact((entry.end() - entry.begin()) / Float.BYTES)];
      FloatBuffer floats =
          bytes
              .slice(data + (int) entry.begin(), value.length * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      floats.get(value);
      values.put(entry.name(), value);
    }
    Weights weights = new Weights(Outline.of(info.architecture()).tensors(), values);
    return new Checkpoint(info, weights, Sha256.of(file));
  }

  private static List<String> differences(List<TensorSpec> specs, List<Entry> entries) {
    Map<String, Entry> found = new LinkedHashMap<>();
    entries.forEach(entry -> found.put(entry.name(), entry));
    List<String> faults = new ArrayList<>();
    for (TensorSpec spec : specs) {
      Entry entry = found.remove(spec.name());
      if (entry == null) {
        faults.add(spec.name() + " is missing");
        continue;
      }
      List<Long> shape = Arrays.stream(entry.shape()).boxed().toList();
      List<Long> expected = spec.shape().stream().map(Integer::longValue).toList();
      if (!shape.equals(expected) || !entry.dtype().equals("F32")) {
        faults.add(
            "%s is %s %s, not F32 %s".formatted(spec.name(), entry.dtype(), shape, spec.shape()));
      }
    }
    found.keySet().forEach(name -> faults.add(name + " is unknown"));
    return faults;
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
