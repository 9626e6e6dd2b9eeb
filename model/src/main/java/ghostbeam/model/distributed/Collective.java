package ghostbeam.model.distributed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Collective operations of a gang of ranks. Every rank makes the same calls in the same order, one
 * at a time; a call returns once this rank has its result. Results are bit-identical on all ranks
 * and in every run.
 *
 * <p>Every call throws {@link LostRankException} where a rank has left or was silent for longer
 * than the gang's timeout, or where the calling thread is interrupted. Buffers are used from
 * position to limit, which do not change; their values are in native byte order.
 */
public interface Collective extends AutoCloseable {

  /** The collective of a gang of one rank, which changes nothing. */
  static Collective alone() {
    return Ring.OF_ONE;
  }

  /** This rank's 0-based number. */
  int rank();

  /** The number of ranks (the world size). */
  int size();

  /**
   * All-reduces float32 values in place: each becomes its sum over all ranks.
   *
   * @param values equally many on each rank
   */
  void sumFloats(ByteBuffer values);

  /** {@link #sumFloats} in float64. */
  void sumDoubles(ByteBuffer values);

  /**
   * Replaces bytes by rank 0's.
   *
   * @param values equally many on each rank
   */
  void broadcast(ByteBuffer values);

  /** The sums of a few values over all ranks, equally many on each. */
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

  /** Leaves the gang; ranks still waiting for this one learn that it has left. */
  @Override
  void close();
}
