package ghostbeam.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor as stored in a file.
 *
 * @param name as the file spells it
 * @param dtype the element type, by safetensors' name or, where it has none, by the other format's
 * @param shape dimensions, outermost first; none is negative
 * @param slices the elements, little-endian and row-major, in one or more parts
 */
record RawTensor(String name, String dtype, long[] shape, List<ByteBuffer> slices) {

  /** A float32 tensor; there must be as many values as the shape requires. */
  static RawTensor of(String name, long[] shape, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new RawTensor(name, Dtype.F32.name(), shape, List.of(bytes));
  }

  /** Whether a string can be a tensor's name; names appear in log lines. */
  static boolean isName(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }

  /** Whether elements can become float32. */
  boolean isFloating() {
    return Dtype.named(dtype).filter(Dtype::isFloating).isPresent();
  }

  boolean hasShape(List<Integer> expected) {
    return Arrays.equals(shape, expected.stream().mapToLong(Integer::longValue).toArray());
  }

  /** Whether it has as many bytes as its shape requires, in slices of whole elements. */
  boolean isWhole() {
    long size = Dtype.named(dtype).orElseThrow().bytes();
    try {
      return bytes() == Arrays.stream(shape).reduce(size, Math::multiplyExact)
          && slices.stream().allMatch(slice -> slice.remaining() % size == 0);
    } catch (ArithmeticException e) {
      return false; // too large to exist
    }
  }

  /** The total bytes of its elements. */
  long bytes() {
    return slices.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  boolean isScalar() {
    return Arrays.stream(shape).allMatch(side -> side <= 1);
  }

  /** {@code F16 [16, 3, 3, 3]}. */
  String described() {
    return dtype + " " + Arrays.toString(shape);
  }

  /** The elements, of a floating type, as float32; {@code slices} must hold exactly this many. */
  float[] toFloats(int elements) {
    Dtype type = Dtype.named(dtype).orElseThrow();
    float[] values = new float[elements];
    int at = 0;
    for (ByteBuffer slice : slices) {
      at = type.toFloats(slice.duplicate().order(ByteOrder.LITTLE_ENDIAN), values, at);
    }
    return values;
  }
}
