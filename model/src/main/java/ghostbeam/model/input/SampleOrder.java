package ghostbeam.model.input;

import java.util.SplittableRandom;

/**
 * The order of records in each epoch and the random generators of their augmentation, as pure
 * functions of seed and epoch.
 */
public final class SampleOrder {
  private SampleOrder() {}

  /** All record numbers from 0 to {@code records} − 1, shuffled. */
  public static int[] ofEpoch(long seed, int epoch, int records) {
    SplittableRandom random = random(seed, epoch, -1);
    int[] order = new int[records];
    for (int i = 0; i < records; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The generator for one record's augmentation in one epoch, the same on any rank and thread. */
  public static SplittableRandom random(long seed, int epoch, long record) {
    return new SplittableRandom(hash(hash(hash(seed) + epoch) + record));
  }

  /**
   * The generator for one step of an epoch, such as its dropout; distinct from all records'
   * generators.
   */
  public static SplittableRandom ofStep(long seed, int epoch, int batch) {
    return random(seed, epoch, Long.MIN_VALUE + batch);
  }

  /** The generator for mixing one batch of an epoch; the same on every rank. */
  public static SplittableRandom ofMixing(long seed, int epoch, int batch) {
    return random(seed, epoch, Long.MIN_VALUE / 2 + batch);
  }

  /**
   * Hashes the seed: SplittableRandoms seeded a constant apart would yield shifted copies of one
   * stream.
   */
  private static long hash(long value) {
    return new SplittableRandom(value).nextLong();
  }
}
