package ghostbeam.model.torchscript;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Type of a module's feature maps and of the weights that meet them. */
public enum Precision {
  /** IEEE single precision. */
  FLOAT32("float32", "FloatStorage", 6, Float.BYTES) {
    @Override
    void put(float[] values, ByteBuffer out) {
      out.asFloatBuffer().put(values);
    }
  },

  /**
   * The upper half of a float32: its range, but 8 bits of precision. Sums are float32; the
   * squeeze-and-excite layers and all from the pooled features on stay float32.
   */
  BF16("bf16", "BFloat16Storage", 15, Short.BYTES) {
    @Override
    void put(float[] values, ByteBuffer out) {
      for (float value : values) {
        // To the nearest, ties to even. Some raw NaN's carry would make it a zero; this one's not.
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

  /** As people and reports name it. */
  public String title() {
    return title;
  }

  /** The precision of a name, if there is one. */
  public static Optional<Precision> named(String title) {
    return Arrays.stream(values()).filter(precision -> precision.title.equals(title)).findFirst();
  }

  /** The names there are, by comma. */
  public static String titles() {
    return Arrays.stream(values()).map(Precision::title).collect(Collectors.joining(", "));
  }

  /** PyTorch's class of storages. */
  String storage() {
    return storage;
  }

  /** PyTorch's number of the type. */
  int scalarType() {
    return scalarType;
  }

  abstract void put(float[] values, ByteBuffer out);

  /** The values' elements, little-endian. */
  byte[] encode(float[] values) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.multiplyExact(values.length, bytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    put(values, out);
    return out.array();
  }
}
