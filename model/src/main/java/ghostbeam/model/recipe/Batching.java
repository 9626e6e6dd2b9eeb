package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * What a step learns from.
 *
 * @param batchSize images that one rank sees at once
 * @param ranks that learn together, each from its own batches
 * @param accumulate batches of each rank whose gradients are added up before a step changes weights
 * @param syncBn whether batch norm's statistics are those of all ranks' images, rather than of each
 *     rank's own; always of one batch
 * @param dropTail whether images that fill no step are left out of an epoch, rather than making a
 *     smaller last step
 */
public record Batching(int batchSize, int ranks, int accumulate, boolean syncBn, boolean dropTail)
    implements Serializable {
  public static final Batching ORIGINAL = new Batching(256, 1, 1, false, true);

  private static final int LARGEST_BATCH = 1 << 20;

  public Batching {
    require(batchSize >= 2, "batchSize", "at least 2, batch norm needs it", batchSize);
    require(ranks >= 1, "ranks", "at least 1", ranks);
    require(accumulate >= 1, "accumulate", "at least 1", accumulate);
  }

  /** Images of one batch of all ranks together. */
  public int batchImages() {
    return batchSize * ranks;
  }

  /** Images of one step on all ranks together. */
  public int stepImages() {
    return batchImages() * accumulate;
  }

  /**
   * @param inputSize side of the images, which lie in one buffer as float32; Java counts its bytes
   *     in an int
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
        (long) ranks * batchSize <= LARGEST_BATCH,
        "ranks",
        "from 1 to %d with a batchSize of %d".formatted(LARGEST_BATCH / batchSize, batchSize),
        ranks);
    require(
        (long) batchImages() * accumulate <= LARGEST_BATCH,
        "accumulate",
        "from 1 to %d with %d images a batch"
            .formatted(LARGEST_BATCH / batchImages(), batchImages()),
        accumulate);
  }
}
