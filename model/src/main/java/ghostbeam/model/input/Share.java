package ghostbeam.model.input;

/**
 * One rank's images of one batch, among all that a step learns from.
 *
 * @param first position of its first image in the step
 * @param count its images
 * @param total images of the step
 * @param batch images of the batch, of all ranks
 */
public record Share(int first, int count, int total, int batch) {

  /** All of a step of one batch. */
  public static Share whole(int images) {
    return new Share(0, images, images, images);
  }

  /** What a rank gets of a batch: shares follow each other and differ by an image at most. */
  static Share of(int total, int rank, int ranks) {
    int first = (int) ((long) total * rank / ranks);
    return new Share(first, (int) ((long) total * (rank + 1) / ranks) - first, total, total);
  }

  /** The same share of a batch that is part of a larger step. */
  Share within(int firstOfBatch, int ofStep) {
    return new Share(firstOfBatch + first, count, ofStep, batch);
  }

  /** Its part of the step, from 0 to 1. */
  public double fraction() {
    return (double) count / total;
  }
}
