package ghostbeam.model.input;

import java.util.Arrays;

/**
 * Which records make up each batch of one epoch, and which of them are one rank's; a pure function
 * of seed, epoch and sizes. Batches are the same for any number of ranks that divides their size,
 * but for the last one of an epoch, which may be too small to give every rank two images.
 *
 * @param order all record numbers, shuffled; not to be changed
 * @param batchSize records that all ranks together learn from in each step, but perhaps the last
 * @param dropTail whether records that fill no batch are left out; fewer than two for each rank
 *     always are, since batch norm has no use for a single one
 * @param rank whose records {@link #batch} gives
 * @param ranks that share each batch
 */
@SuppressWarnings("ArrayRecordComponent")
public record EpochPlan(
    long seed, int epoch, int[] order, int batchSize, boolean dropTail, int rank, int ranks) {

  /** The plan of an epoch over records 0 to {@code records} − 1. */
  public static EpochPlan of(
      long seed, int epoch, int records, int batchSize, boolean dropTail, int rank, int ranks) {
    int[] order = SampleOrder.ofEpoch(seed, epoch, records);
    return new EpochPlan(seed, epoch, order, batchSize, dropTail, rank, ranks);
  }

  /** Batches of the epoch. */
  public int batches() {
    int tail = order.length % batchSize;
    return order.length / batchSize + (dropTail || tail < 2 * ranks ? 0 : 1);
  }

  /** The rank's share of a batch. */
  Share share(int number) {
    return Share.of(Math.min(batchSize, order.length - number * batchSize), rank, ranks);
  }

  /** Images of the rank's largest share. */
  int largestShare() {
    return (batchSize + ranks - 1) / ranks;
  }

  /** The record numbers of the rank's share of a batch. */
  int[] batch(int number) {
    Share share = share(number);
    int from = number * batchSize + share.first();
    return Arrays.copyOfRange(order, from, from + share.count());
  }

  /** Records that are in no batch. */
  public int leftOut() {
    return Math.max(0, order.length - batches() * batchSize);
  }
}
