package ghostbeam.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Element types of tensors, by safetensors' names; little-endian. */
@SuppressWarnings("ImmutableEnumChecker") // stateless
enum Dtype {
  F64(8, bytes -> (float) bytes.getDouble()),
  F32(4, ByteBuffer::getFloat),
  F16(2, bytes -> half(bytes.getShort())),
  BF16(2, bytes -> Float.intBitsToFloat(bytes.getShort() << 16)),
  I64(8, null),
  U64(8, null),
  I32(4, null),
  U32(4, null),
  I16(2, null),
  U16(2, null),
  I8(1, null),
  U8(1, null),
  BOOL(1, null),
  F8_E4M3(1, null),
  F8_E5M2(1, null);

  /** Reads the next element as float32. */
  @FunctionalInterface
  private interface Element {
    float next(ByteBuffer bytes);
  }

  private final int bytes;

  /** Null for types that weights do not have. */
  private final Element element;

  Dtype(int bytes, Element element) {
    this.bytes = bytes;
    this.element = element;
  }

  static Optional<Dtype> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** Bytes per element. */
  int bytes() {
    return bytes;
  }

  /** Whether elements can become float32. */
  boolean isFloating() {
    return element != null;
  }

  /**
   * Writes all elements to an array, starting at index {@code at}; returns the index after the
   * last.
   */
  int toFloats(ByteBuffer from, float[] into, int at) {
    int next = at;
    if (this == F32) {
      FloatBuffer floats = from.asFloatBuffer();
      next += floats.remaining();
      floats.get(into, at, next - at);
    } else {
      while (from.hasRemaining()) {
        into[next++] = element.next(from);
      }
    }
    return next;
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
