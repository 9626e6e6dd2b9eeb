package ghostbeam.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor as a file holds it.
 *
 * @param name as the file spells it
 * @param dtype safetensors' word for the element type, such as {@code F32}
 * @param shape dimensions, outermost first; none is negative
 * @param slices little-endian, row-major; together the elements
 */
record RawTensor(String name, String dtype, long[] shape, List<ByteBuffer> slices) {

  /** Whether a text can be a tensor's name, which ends up in lines of a log. */
  static boolean isName(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }

  /** Whether elements can become float32. */
  boolean isFloating() {
    return switch (dtype) {
      case "F64", "F32", "F16", "BF16" -> true;
      default -> false;
    };
  }

  boolean hasShape(List<Integer> expected) {
    return Arrays.equals(shape, expected.stream().mapToLong(Integer::longValue).toArray());
  }

  /** Whether it has a shape and as many bytes as that takes, in slices of whole elements. */
  boolean holds(List<Integer> expected) {
    int size = SafetensorsHeader.Entry.bytesOf(dtype);
    long bytes = slices.stream().mapToLong(ByteBuffer::remaining).sum();
    return hasShape(expected)
        && slices.stream().allMatch(slice -> slice.remaining() % size == 0)
        && bytes == expected.stream().mapToLong(Integer::longValue).reduce(size, (a, b) -> a * b);
  }

  boolean isScalar() {
    return Arrays.stream(shape).allMatch(side -> side <= 1);
  }

  /** {@code F16 [16, 3, 3, 3]}. */
  String described() {
    return dtype + " " + Arrays.toString(shape);
  }

  /** The elements as float32; {@code slices} must hold exactly {@code elements} of them. */
  float[] toFloats(int elements) {
    float[] values = new float[elements];
    int at = 0;
    for (ByteBuffer slice : slices) {
      ByteBuffer bytes = slice.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        values[at++] =
            switch (dtype) {
              case "F64" -> (float) bytes.getDouble();
              case "F32" -> bytes.getFloat();
              case "F16" -> half(bytes.getShort());
              case "BF16" -> Float.intBitsToFloat(bytes.getShort() << 16);
              default -> throw new IllegalStateException(dtype + " is not floating");
            };
      }
    }
    return values;
  }

  /** IEEE 754 binary16, subnormal numbers included. */
  static float half(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    int sign = (bits & 0x8000) << 16;
    if (exponent == 0) {
      float small = fraction * 0x1p-24f;
      return sign == 0 ? small : -small;
    }
    int wide = exponent == 0x1F ? 0xFF : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }
}
