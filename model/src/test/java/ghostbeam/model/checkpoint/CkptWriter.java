package ghostbeam.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes MindSpore checkpoint files byte by byte, without any protobuf library. */
final class CkptWriter {
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  CkptWriter float32(String name, List<Integer> shape, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, "Float32", longs(shape), bytes.array());
  }

  /** Split into a few slices that end within rows. */
  CkptWriter sliced(String name, List<Integer> shape, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    while (bytes.hasRemaining()) {
      byte[] slice = new byte[Math.min(bytes.remaining(), (values.length / 3 + 7) * 4)];
      bytes.get(slice);
      tensor(name, "Float32", longs(shape), slice);
    }
    return this;
  }

  /** The upper halves of the floats. */
  CkptWriter bfloat16(String name, List<Integer> shape, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort((short) (Float.floatToIntBits(value) >> 16));
    }
    return tensor(name, "BFloat16", longs(shape), bytes.array());
  }

  /** IEEE half-precision numbers, given by their bits. */
  CkptWriter float16(String name, List<Integer> shape, short[] bits) {
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(bits);
    return tensor(name, "Float16", longs(shape), bytes.array());
  }

  CkptWriter tensor(String name, String type, long[] dims, byte[] content) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    for (long dim : dims) {
      varint(tensor, 1 << 3);
      varint(tensor, dim);
    }
    field(tensor, 2, type.getBytes(StandardCharsets.UTF_8));
    field(tensor, 3, content);
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    field(value, 1, name.getBytes(StandardCharsets.UTF_8));
    field(value, 2, tensor.toByteArray());
    field(file, 1, value.toByteArray());
    return this;
  }

  CkptWriter raw(int... bytes) {
    for (int b : bytes) {
      file.write(b);
    }
    return this;
  }

  byte[] bytes() {
    return file.toByteArray();
  }

  private static long[] longs(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  private static void field(ByteArrayOutputStream out, int number, byte[] bytes) {
    varint(out, (number << 3) | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
