package ghostbeam.model.torchscript;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The type of a module's feature maps and of the weights applied to them. */
public enum Precision {
  /** IEEE single precision. */
  FLOAT32("float32", "FloatStorage", 6, Float.BYTES) {
    @Override
    void put(float[] values, ByteBuffer out) {
      out.asFloatBuffer().put(values);
    }
  },

  /**
   * bfloat16, the upper half of a float32: its range, but 8 bits of precision. Sums, the
   * squeeze-and-excite layers and everything from the pooled features on stay float32.
   */
  BF16("bf16", "BFloat16Storage", 15, Short.BYTES) {
    @Override
    void put(float[] values, ByteBuffer out) {
      for (float value : values) {
        // To nearest, ties to even. floatToIntBits gives a canonical NaN: the carry of some others
        // would make them zero.
        int bits = Float.floatToIntBits(value);
        int rounding = 0x7FFF + ((bits >>> 16) & 1);
        out.putShort((short) ((bits + rounding) >>> 16));
      }
    }
  };

  private final String title;
  private final String storage;
  private final int scalarType;
  private final int bytes;

  Precision(String title, String storage, int scalarType, int bytes) {
    this.title = title;
    this.storage = storage;
    this.scalarType = scalarType;
    this.bytes = bytes;
  }

  /** Its name in reports and for users. */
  public String title() {
    return title;
  }

  /** The precision with this title, if there is one. */
  public static Optional<Precision> named(String title) {
    return Arrays.stream(values()).filter(precision -> precision.title.equals(title)).findFirst();
  }

  /** All titles, comma-separated, for messages. */
  public static String titles() {
    return Arrays.stream(values()).map(Precision::title).collect(Collectors.joining(", "));
  }

  /** The name of PyTorch's storage class. */
  String storage() {
    return storage;
  }

  /** PyTorch's ScalarType number. */
  int scalarType() {
    return scalarType;
  }

  abstract void put(float[] values, ByteBuffer out);

  /** The encoded values, little-endian. */
  byte[] encode(float[] values) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.multiplyExact(values.length, bytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    put(values, out);
    return out.array();
  }
}
