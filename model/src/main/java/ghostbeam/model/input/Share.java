package ghostbeam.model.input;

/**
 * One rank's images within a batch that all ranks learn from together.
 *
 * @param first position of its first image in that batch
 * @param count its images
 * @param total images of that batch
 */
public record Share(int first, int count, int total) {

  /** All of a batch. */
  public static Share whole(int images) {
    return new Share(0, images, images);
  }

  /** What a rank gets of a batch: shares follow each other and differ by an image at most. */
  static Share of(int total, int rank, int ranks) {
    int first = (int) ((long) total * rank / ranks);
    return new Share(first, (int) ((long) total * (rank + 1) / ranks) - first, total);
  }

  /** Its part of the batch, from 0 to 1. */
  public double fraction() {
    return (double) count / total;
  }
}
