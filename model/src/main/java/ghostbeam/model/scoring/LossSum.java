package ghostbeam.model.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/** A sum of losses in integer multiples of 2⁻³² nat, so that it does not depend on the order. */
final class LossSum {
  private static final double UNIT = 0x1p32;
  private static final int MAX_BYTES = 64;

  private BigInteger units = BigInteger.ZERO;

  void add(double loss) {
    double rounded = Math.rint(loss * UNIT);
    units =
        units.add(
            rounded < 0x1p62
                ? BigInteger.valueOf((long) rounded)
                : new BigDecimal(rounded).toBigIntegerExact());
  }

  void merge(LossSum other) {
    units = units.add(other.units);
  }

  /** The mean over a number of images; NaN for none. */
  double mean(long images) {
    // 2^-32 scales a double exactly, so the quotient is rounded once after the sum.
    return images == 0 ? Double.NaN : units.doubleValue() / images / UNIT;
  }

  void write(CodedOutputStream out) throws IOException {
    out.writeByteArrayNoTag(units.toByteArray());
  }

  void read(CodedInputStream in) throws IOException {
    byte[] bytes = in.readByteArray();
    if (bytes.length == 0 || bytes.length > MAX_BYTES) {
      throw new IOException("a loss sum of odd length");
    }
    units = new BigInteger(bytes);
  }
}
