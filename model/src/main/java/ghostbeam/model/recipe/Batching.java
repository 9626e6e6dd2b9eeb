package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * What a step learns from.
 *
 * @param batchSize images of one step on one rank
 * @param ranks that learn together, from {@code ranks} · {@code batchSize} images a step
 * @param syncBn whether batch norm's statistics in a step are those of all ranks' images, rather
 *     than of each rank's own
 * @param dropTail whether images that fill no batch are left out of an epoch, rather than making a
 *     smaller last batch
 */
public record Batching(int batchSize, int ranks, boolean syncBn, boolean dropTail)
    implements Serializable {
  public static final Batching ORIGINAL = new Batching(256, 1, false, true);

  private static final int LARGEST_BATCH = 1 << 20;

  public Batching {
    require(batchSize >= 2, "batchSize", "at least 2, batch norm needs it", batchSize);
    require(ranks >= 1, "ranks", "at least 1", ranks);
  }

  /** Images of one step on all ranks together. */
  public int stepImages() {
    return batchSize * ranks;
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
        "at most %d with --inputSize=%d, as a batch takes at most %d bytes (lower either, or share its images among more --ranks)"
            .formatted(most, inputSize, Integer.MAX_VALUE),
        batchSize);
    require(
        (long) ranks * batchSize <= LARGEST_BATCH,
        "ranks",
        "from 1 to %d with --batchSize=%d".formatted(LARGEST_BATCH / batchSize, batchSize),
        ranks);
  }
}
