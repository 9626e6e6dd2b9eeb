package ghostbeam.model.distributed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What the ranks of a gang do together. Every rank makes the same calls in the same order, one at a
 * time; a call returns once this rank has what the others owe it. All ranks get the same bytes, and
 * the same again in another run.
 *
 * <p>Every call throws {@link LostRankException} where a rank has gone, or gives no sign for longer
 * than the gang's patience, or the calling thread is interrupted. Buffers are used from position to
 * limit, which stay; their values are in native order.
 */
public interface Collective extends AutoCloseable {

  /** The only rank of a gang of one: nothing to wait for, nothing to change. */
  static Collective alone() {
    return Ring.OF_ONE;
  }

  /** This rank's number, from 0. */
  int rank();

  /** Ranks of the gang. */
  int size();

  /**
   * Replaces float32 values by their sums over all ranks.
   *
   * @param values as many on each rank
   */
  void sumFloats(ByteBuffer values);

  /** {@link #sumFloats} in float64. */
  void sumDoubles(ByteBuffer values);

  /**
   * Replaces bytes by rank 0's.
   *
   * @param values as many on each rank
   */
  void broadcast(ByteBuffer values);

  /** Sums over all ranks of a few values, as many on each rank. */
  default double[] sum(double... values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.nativeOrder());
    buffer.asDoubleBuffer().put(values);
    sumDoubles(buffer);
    double[] sums = new double[values.length];
    buffer.asDoubleBuffer().get(sums);
    return sums;
  }

  /** The values of each rank, by rank. */
  default double[][] gather(double... values) {
    double[] all = new double[size() * values.length];
    System.arraycopy(values, 0, all, rank() * values.length, values.length);
    double[] sums = sum(all);
    double[][] byRank = new double[size()][];
    Arrays.setAll(
        byRank, rank -> Arrays.copyOfRange(sums, rank * values.length, (rank + 1) * values.length));
    return byRank;
  }

  /** Leaves the gang; ranks that still wait for this one learn that it has gone. */
  @Override
  void close();
}
