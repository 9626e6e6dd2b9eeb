package ghostbeam.model.input;

import java.util.Arrays;

/**
 * Which records make up each batch of one epoch; a pure function of seed, epoch and sizes.
 *
 * @param order all record numbers, shuffled; not to be changed
 * @param batchSize records of each batch but perhaps the last
 * @param dropTail whether records that fill no batch are left out; a single one always is, since
 *     batch norm has no use for it
 */
@SuppressWarnings("ArrayRecordComponent")
public record EpochPlan(long seed, int epoch, int[] order, int batchSize, boolean dropTail) {

  /** The plan of an epoch over records 0 to {@code records} − 1. */
  public static EpochPlan of(long seed, int epoch, int records, int batchSize, boolean dropTail) {
    return new EpochPlan(
        seed, epoch, SampleOrder.ofEpoch(seed, epoch, records), batchSize, dropTail);
  }

  /** Batches of the epoch. */
  public int batches() {
    int tail = order.length % batchSize;
    return order.length / batchSize + (dropTail || tail < 2 ? 0 : 1);
  }

  /** The record numbers of a batch. */
  int[] batch(int number) {
    int from = number * batchSize;
    return Arrays.copyOfRange(order, from, Math.min(from + batchSize, order.length));
  }

  /** Records that are in no batch. */
  public int leftOut() {
    return Math.max(0, order.length - batches() * batchSize);
  }
}
