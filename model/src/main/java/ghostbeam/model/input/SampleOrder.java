package ghostbeam.model.input;

import java.util.SplittableRandom;

/** The order of records in each epoch, a pure function of the seed and the epoch. */
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

  /** Random numbers of one record's augmentation in one epoch, the same wherever it is decoded. */
  public static SplittableRandom random(long seed, int epoch, long record) {
    return new SplittableRandom(hash(hash(hash(seed) + epoch) + record));
  }

  /** Random numbers of one step of an epoch, such as what is left out; apart from all records'. */
  public static SplittableRandom ofStep(long seed, int epoch, int batch) {
    return random(seed, epoch, Long.MIN_VALUE + batch);
  }

  /** Random numbers of how one batch of an epoch is mixed; the same on every rank. */
  public static SplittableRandom ofMixing(long seed, int epoch, int batch) {
    return random(seed, epoch, Long.MIN_VALUE / 2 + batch);
  }

  /** Generators that started a constant apart would give one stream, a number later each time. */
  private static long hash(long value) {
    return new SplittableRandom(value).nextLong();
  }
}
