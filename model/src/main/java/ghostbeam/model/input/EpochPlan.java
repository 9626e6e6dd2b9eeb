package ghostbeam.model.input;

import java.util.Arrays;

/**
 * Which records make up each batch and step of one epoch, and which of them belong to one rank; a
 * pure function of seed, epoch and sizes. Steps hold the same records for any number of ranks and
 * batches that divides their size, except for an epoch's last step, which may be too small to give
 * every rank two images.
 *
 * @param order all record numbers, shuffled; not to be changed
 * @param division of the records into steps. A batch of fewer than two for each rank is always
 *     dropped, since batch norm needs two
 * @param rank whose records {@link #batch} returns
 * @param ranks that share each batch
 */
@SuppressWarnings("ArrayRecordComponent")
public record EpochPlan(long seed, int epoch, int[] order, Division division, int rank, int ranks) {

  /** The plan of an epoch over records 0 to {@code records} − 1. */
  public static EpochPlan of(
      long seed, int epoch, int records, Division division, int rank, int ranks) {
    int[] order = SampleOrder.ofEpoch(seed, epoch, records);
    return new EpochPlan(seed, epoch, order, division, rank, ranks);
  }

  /** The number of steps in the epoch. */
  public int steps() {
    return (batches() + division.batches() - 1) / division.batches();
  }

  /** The number of batches in the epoch. */
  public int batches() {
    if (division.dropTail()) {
      return order.length / division.stepImages() * division.batches();
    }
    int tail = order.length % division.batchImages();
    return order.length / division.batchImages() + (tail < 2 * ranks ? 0 : 1);
  }

  /** The number of batches in a 0-based step; the last may have fewer. */
  public int batches(int step) {
    return Math.min(division.batches(), batches() - step * division.batches());
  }

  /** The number of images in a step, over all ranks. */
  public int images(int step) {
    int learned = order.length - leftOut();
    return (int) Math.min(division.stepImages(), learned - (long) step * division.stepImages());
  }

  /** The rank's share of a batch. */
  BatchShare share(int number) {
    int step = number / division.batches();
    int first = number * division.batchImages();
    return BatchShare.of(Math.min(division.batchImages(), order.length - first), rank, ranks)
        .within(first - step * division.stepImages(), images(step));
  }

  /** The number of images in the rank's largest share of a batch. */
  int largestShare() {
    return (division.batchImages() + ranks - 1) / ranks;
  }

  /** The record numbers of the rank's share of a batch. */
  int[] batch(int number) {
    BatchShare share = share(number);
    int from = number / division.batches() * division.stepImages() + share.first();
    return Arrays.copyOfRange(order, from, from + share.count());
  }

  /** The number of records that are in no step. */
  public int leftOut() {
    return Math.max(0, order.length - batches() * division.batchImages());
  }
}
