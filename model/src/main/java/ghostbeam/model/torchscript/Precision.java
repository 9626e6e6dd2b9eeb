package ghostbeam.model.torchscript;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
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

  /** As flags and reports name it. */
  public String title() {
    return title;
  }

  /**
   * The precision of a name.
   *
   * @throws IllegalArgumentException naming the flag and the precisions there are
   */
  public static Precision named(String title) {
    List<Precision> all = Arrays.asList(values());
    return all.stream()
        .filter(precision -> precision.title.equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--precision is one of %s, found %s"
                        .formatted(
                            all.stream().map(Precision::title).collect(Collectors.joining(", ")),
                            title)));
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
