package ghostbeam.model.checkpoint;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named strings and flat float32 arrays in one safetensors file, such as training state.
 *
 * @param strings in order
 * @param tensors in order; not copied
 */
public record TensorArchive(Map<String, String> strings, Map<String, float[]> tensors) {
  /** Writes the file so that it appears whole or not at all. */
  public void write(Storage storage, String path) throws IOException {
    List<RawTensor> flat = new ArrayList<>();
    tensors.forEach(
        (name, values) -> flat.add(RawTensor.of(name, new long[] {values.length}, values)));
    Safetensors.write(storage, path, strings, flat);
  }

  /**
   * Reads a whole file.
   *
   * @throws IOException where it is missing, damaged or holds another type than float32
   */
  public static TensorArchive read(Storage storage, String path) throws IOException {
    Safetensors file = Safetensors.parse(path, Safetensors.load(storage, path));
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (RawTensor tensor : file.tensors().values()) {
      if (!tensor.dtype().equals(Dtype.F32.name())) {
        throw new IOException(path + " holds " + tensor.name() + " as " + tensor.dtype());
      }
      tensors.put(tensor.name(), tensor.toFloats((int) tensor.bytes() / Float.BYTES));
    }
    return new TensorArchive(file.strings(), tensors);
  }
}
