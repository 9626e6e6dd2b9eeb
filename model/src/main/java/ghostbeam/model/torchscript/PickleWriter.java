package ghostbeam.model.torchscript;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes Python's pickle format, protocol 2, as far as TorchScript archives need it. Each method
 * pushes what it is named after onto the unpickler's stack. Source: CPython's pickletools.
 */
final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<byte[]> storages = new ArrayList<>();

  PickleWriter() {
    out.write(0x80);
    out.write(2);
  }

  /** The bytes so far. */
  byte[] bytes() {
    return out.toByteArray();
  }

  /**
   * The storages of the tensors so far, little-endian; storage {@code i} is file {@code i} of the
   * archive.
   */
  List<byte[]> storages() {
    return storages;
  }

  /** An object of a class, such as {@code __torch__.Net}; {@link #build} sets its state. */
  void newObject(String className) {
    int dot = className.lastIndexOf('.');
    global(className.substring(0, dot), className.substring(dot + 1));
    out.write(')');
    out.write(0x81);
  }

  /**
   * A tensor with its own storage.
   *
   * @param values the storage's elements
   * @param strides in elements
   */
  void tensor(Precision precision, float[] values, int[] shape, int[] strides) {
    global("torch._utils", "_rebuild_tensor_v2");
    mark();
    mark();
    string("storage");
    global("torch", precision.storage());
    string(Integer.toString(storages.size()));
    string("cpu");
    integer(values.length);
    tuple();
    out.write('Q');
    integer(0);
    mark();
    integers(shape);
    tuple();
    mark();
    integers(strides);
    tuple();
    bool(false);
    global("collections", "OrderedDict");
    out.write(')');
    out.write('R');
    tuple();
    out.write('R');
    storages.add(precision.encode(values));
  }

  void list(int... values) {
    out.write(']');
    mark();
    integers(values);
    out.write('e');
  }

  /** A list of strings with the type tag that TorchScript needs. */
  void tagged(List<String> values, String type) {
    global("torch.jit._pickle", "restore_type_tag");
    mark();
    out.write(']');
    mark();
    values.forEach(this::string);
    out.write('e');
    string(type);
    tuple();
    out.write('R');
  }

  void integer(int value) {
    out.write('J');
    little(value);
  }

  void real(double value) {
    out.write('G');
    out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
  }

  void bool(boolean value) {
    out.write(value ? 0x88 : 0x89);
  }

  void none() {
    out.write('N');
  }

  void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    little(utf8.length);
    out.writeBytes(utf8);
  }

  void emptyDictionary() {
    out.write('}');
  }

  void mark() {
    out.write('(');
  }

  /** A tuple of everything since the last mark. */
  void tuple() {
    out.write('t');
  }

  /** Adds the keys and values since the last mark to the dictionary below it. */
  void setItems() {
    out.write('u');
  }

  /** Sets the state of the object below the top to the value on top. */
  void build() {
    out.write('b');
  }

  void stop() {
    out.write('.');
  }

  private void integers(int... values) {
    for (int value : values) {
      integer(value);
    }
  }

  private void global(String module, String name) {
    out.write('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void little(int value) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }
}
