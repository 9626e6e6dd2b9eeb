package ghostbeam.model.input;

import java.util.Arrays;

/**
 * Which records make up each batch and step of one epoch, and which of them are one rank's; a pure
 * function of seed, epoch and sizes. Steps hold the same records for any number of ranks and
 * batches that divide their size, but for the last one of an epoch, which may be too small to give
 * every rank two images.
 *
 * @param order all record numbers, shuffled; not to be changed
 * @param division of the records into steps. Fewer than two for each rank are always left out,
 *     since batch norm has no use for a single one
 * @param rank whose records {@link #batch} gives
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

  /** Steps of the epoch. */
  public int steps() {
    return (batches() + division.batches() - 1) / division.batches();
  }

  /** Batches of the epoch, those of all its steps. */
  public int batches() {
    if (division.dropTail()) {
      return order.length / division.stepImages() * division.batches();
    }
    int tail = order.length % division.batchImages();
    return order.length / division.batchImages() + (tail < 2 * ranks ? 0 : 1);
  }

  /** Batches of one step, by its number; the last one may have fewer. */
  public int batches(int step) {
    return Math.min(division.batches(), batches() - step * division.batches());
  }

  /** Images that all ranks learn from in one step. */
  public int images(int step) {
    int learned = order.length - leftOut();
    return (int) Math.min(division.stepImages(), learned - (long) step * division.stepImages());
  }

  /** The rank's share of a batch. */
  Share share(int number) {
    int step = number / division.batches();
    int first = number * division.batchImages();
    return Share.of(Math.min(division.batchImages(), order.length - first), rank, ranks)
        .within(first - step * division.stepImages(), images(step));
  }

  /** Images of the rank's largest share. */
  int largestShare() {
    return (division.batchImages() + ranks - 1) / ranks;
  }

  /** The record numbers of the rank's share of a batch. */
  int[] batch(int number) {
    Share share = share(number);
    int from = number / division.batches() * division.stepImages() + share.first();
    return Arrays.copyOfRange(order, from, from + share.count());
  }

  /** Records that are in no step. */
  public int leftOut() {
    return Math.max(0, order.length - batches() * division.batchImages());
  }
}
