package ghostbeam.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor as a file holds it.
 *
 * @param name as the file spells it
 * @param dtype the element type: safetensors' word, or another format's where it has none
 * @param shape dimensions, outermost first; none is negative
 * @param slices little-endian, row-major; together the elements
 */
record RawTensor(String name, String dtype, long[] shape, List<ByteBuffer> slices) {

  /** A float32 tensor of as many values as the shape takes. */
  static RawTensor of(String name, long[] shape, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new RawTensor(name, Dtype.F32.name(), shape, List.of(bytes));
  }

  /** Whether a text can be a tensor's name, which ends up in lines of a log. */
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

  /** Whether it has as many bytes as its shape takes, in slices of whole elements. */
  boolean isWhole() {
    long size = Dtype.named(dtype).orElseThrow().bytes();
    try {
      return bytes() == Arrays.stream(shape).reduce(size, Math::multiplyExact)
          && slices.stream().allMatch(slice -> slice.remaining() % size == 0);
    } catch (ArithmeticException e) {
      return false; // more than there can be
    }
  }

  /** Bytes of its elements. */
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

  /** The elements of a floating type as float32; {@code slices} hold exactly so many. */
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
