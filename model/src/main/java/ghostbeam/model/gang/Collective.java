package ghostbeam.model.gang;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * What the ranks of a gang do together. Every rank makes the same calls in the same order, each
 * from the one thread that it joined with; a call returns once all ranks have made it. All ranks
 * get the same bytes, and the same again in another run.
 *
 * <p>Every call throws {@link LostRankException} where a rank has gone, or gives no sign for longer
 * than the gang's patience.
 */
public interface Collective extends AutoCloseable {

  /** The only rank of a gang of one: nothing to wait for, nothing to change. */
  static Collective alone() {
    return Alone.INSTANCE;
  }

  /** This rank's number, from 0. */
  int rank();

  /** Ranks of the gang. */
  int size();

  /**
   * Replaces values by their sums over all ranks.
   *
   * @param values of the same number on each rank; direct, in native order, all of the buffer
   */
  void sum(FloatBuffer values);

  /** {@link #sum(FloatBuffer)} in float64. */
  void sum(DoubleBuffer values);

  /**
   * Replaces bytes by rank 0's.
   *
   * @param values of the same number on each rank; direct, all of the buffer
   */
  void broadcast(ByteBuffer values);

  /** Sums over all ranks of a few values, as many on each rank. */
  default double[] sum(double... values) {
    DoubleBuffer direct =
        ByteBuffer.allocateDirect(values.length * Double.BYTES)
            .order(ByteOrder.nativeOrder())
            .asDoubleBuffer();
    direct.put(values).flip();
    sum(direct);
    double[] sums = new double[values.length];
    direct.rewind().get(sums);
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
