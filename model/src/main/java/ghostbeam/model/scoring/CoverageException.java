package ghostbeam.model.scoring;

import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Records were scored twice or not at all, so that no metric is valid. The message names the
 * checkpoint, the number of such records and the first of them.
 */
public final class CoverageException extends IllegalStateException {
  private static final long serialVersionUID = 1L;
  private static final int NAMED = 10;

  private CoverageException(String message) {
    super(message);
  }

  static CoverageException twice(String checkpoint, RoaringBitmap records) {
    return new CoverageException(
        "checkpoint %s: %s seen twice; a shard was read more than once, run the evaluation again"
            .formatted(checkpoint, describe(records)));
  }

  /**
   * Throws unless exactly the records 0 to {@code records} − 1 were seen, naming the first missing
   * or unexpected ones.
   */
  static void require(String checkpoint, RoaringBitmap seen, long records) {
    RoaringBitmap expected = RoaringBitmap.bitmapOfRange(0, records);
    RoaringBitmap missing = RoaringBitmap.andNot(expected, seen);
    if (!missing.isEmpty()) {
      throw new CoverageException(
          "checkpoint %s: %s of %d not seen; the shards hold less than the manifest says"
              .formatted(checkpoint, describe(missing), records));
    }
    RoaringBitmap unexpected = RoaringBitmap.andNot(seen, expected);
    if (!unexpected.isEmpty()) {
      throw new CoverageException(
          "checkpoint %s: %s seen beyond the manifest's %d records"
              .formatted(checkpoint, describe(unexpected), records));
    }
  }

  /** Such as {@code 12 records (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …)}. */
  private static String describe(RoaringBitmap records) {
    long count = records.getLongCardinality();
    StringBuilder text = new StringBuilder(count == 1 ? "1 record (" : count + " records (");
    IntIterator numbers = records.getIntIterator();
    for (int i = 0; i < NAMED && numbers.hasNext(); i++) {
      text.append(i == 0 ? "" : ", ").append(numbers.next());
    }
    return text.append(numbers.hasNext() ? ", …)" : ")").toString();
  }
}
