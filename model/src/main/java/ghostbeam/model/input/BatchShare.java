package ghostbeam.model.input;

/**
 * One rank's share of a batch, located among the images of a step.
 *
 * @param first position of its first image within the step
 * @param count number of its images
 * @param stepImages number of images in the step
 * @param batchImages number of images in the batch, over all ranks
 */
public record BatchShare(int first, int count, int stepImages, int batchImages) {

  /** The only rank's share of a step of one batch. */
  public static BatchShare whole(int images) {
    return new BatchShare(0, images, images, images);
  }

  /**
   * A rank's share of a batch: shares are contiguous, in rank order, and differ by at most one
   * image.
   */
  static BatchShare of(int batchImages, int rank, int ranks) {
    int first = (int) ((long) batchImages * rank / ranks);
    int end = (int) ((long) batchImages * (rank + 1) / ranks);
    return new BatchShare(first, end - first, batchImages, batchImages);
  }

  /** The same share where the batch is part of a larger step. */
  BatchShare within(int firstOfBatch, int ofStep) {
    return new BatchShare(firstOfBatch + first, count, ofStep, batchImages);
  }

  /** Its fraction of the step's images, from 0 to 1. */
  public double fraction() {
    return (double) count / stepImages;
  }
}
