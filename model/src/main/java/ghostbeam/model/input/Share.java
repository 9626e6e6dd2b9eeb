package ghostbeam.model.input;

/**
 * One rank's images of one batch, among all that a step learns from.
 *
 * @param first position of its first image in the step
 * @param count its images
 * @param stepImages of the step
 * @param batchImages of the batch, of all ranks
 */
public record Share(int first, int count, int stepImages, int batchImages) {

  /** All of a step of one batch. */
  public static Share whole(int images) {
    return new Share(0, images, images, images);
  }

  /** What a rank gets of a batch: shares follow each other and differ by an image at most. */
  static Share of(int batchImages, int rank, int ranks) {
    int first = (int) ((long) batchImages * rank / ranks);
    int end = (int) ((long) batchImages * (rank + 1) / ranks);
    return new Share(first, end - first, batchImages, batchImages);
  }

  /** The same share of a batch that is part of a larger step. */
  Share within(int firstOfBatch, int ofStep) {
    return new Share(firstOfBatch + first, count, ofStep, batchImages);
  }

  /** Its part of the step, from 0 to 1. */
  public double fraction() {
    return (double) count / stepImages;
  }
}
