package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * The images of a training step.
 *
 * @param batchSize images per rank and batch
 * @param ranks number of ranks, each with its own share of every batch
 * @param accumulate batches whose gradients are accumulated in a step
 * @param syncBn whether batch norm's statistics are over all ranks' images of a batch, rather than
 *     each rank's own
 * @param dropTail whether an epoch drops images that do not fill a step, rather than making a
 *     smaller last step
 */
public record Batching(int batchSize, int ranks, int accumulate, boolean syncBn, boolean dropTail)
    implements Serializable {
  public static final Batching ORIGINAL = new Batching(256, 1, 1, false, true);

  private static final int MAX_IMAGES = 1 << 20;

  public Batching {
    require(batchSize >= 2, "batchSize", "at least 2, batch norm needs it", batchSize);
    require(ranks >= 1, "ranks", "at least 1", ranks);
    require(accumulate >= 1, "accumulate", "at least 1", accumulate);
  }

  /** Images per batch, over all ranks. */
  public int batchImages() {
    return batchSize * ranks;
  }

  /** Images per step, over all ranks. */
  public int stepImages() {
    return batchImages() * accumulate;
  }

  /** The fewest images that an epoch can learn from. */
  public int fewestImages() {
    return dropTail ? stepImages() : 2 * ranks;
  }

  /**
   * @param inputSize side of the images; a batch is one float32 buffer, whose size in bytes must
   *     fit an int
   */
  void requireSound(int inputSize) {
    int most = Integer.MAX_VALUE / (3 * Float.BYTES * inputSize * inputSize);
    require(
        batchSize <= most,
        "batchSize",
        "at most %d with an inputSize of %d, as a batch takes at most %d bytes (lower either, or share its images among more ranks)"
            .formatted(most, inputSize, Integer.MAX_VALUE),
        batchSize);
    require(
        (long) ranks * batchSize <= MAX_IMAGES,
        "ranks",
        "from 1 to %d with a batchSize of %d".formatted(MAX_IMAGES / batchSize, batchSize),
        ranks);
    require(
        (long) batchImages() * accumulate <= MAX_IMAGES,
        "accumulate",
        "from 1 to %d with %d images a batch".formatted(MAX_IMAGES / batchImages(), batchImages()),
        accumulate);
  }
}
