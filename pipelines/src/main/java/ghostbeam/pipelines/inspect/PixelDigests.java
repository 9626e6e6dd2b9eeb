package ghostbeam.pipelines.inspect;

import ghostbeam.model.record.Dataset;
import ghostbeam.model.record.ShardReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The digests of all records' pixels, in 32 bytes a record. */
final class PixelDigests {
  private static final int HEX_DIGITS = 32;
  private static final Comparator<Entry> BY_DIGEST =
      Comparator.comparingLong(Entry::high)
          .thenComparingLong(Entry::low)
          .thenComparingInt(Entry::split)
          .thenComparingInt(Entry::record);

  private final List<Entry> entries = new ArrayList<>();
  private long missing;

  /** A digest, and the place of the record it belongs to. */
  private record Entry(long high, long low, int split, int record) {
    boolean hasPixelsOf(Entry other) {
      return high == other.high && low == other.low;
    }

    Place place() {
      return new Place(split, record);
    }
  }

  /** A record by the position of its split among those added and its number there. */
  record Place(int split, int record) {}

  /**
   * Reads a split from its first to its last record.
   *
   * @throws IOException for a damaged record, naming it
   */
  void add(int split, Dataset dataset) throws IOException {
    for (int shard = 0; shard < dataset.manifest().shards().size(); shard++) {
      int first = Math.toIntExact(dataset.firstRecord(shard));
      try (ShardReader reader = dataset.shard(shard)) {
        for (int i = 0; i < reader.records(); i++) {
          add(split, first + i, reader.read(i).pixelDigest());
        }
      }
    }
  }

  private void add(int split, int record, String digest) throws IOException {
    if (digest.isEmpty()) {
      missing++;
      return;
    }
    try {
      if (digest.length() != HEX_DIGITS) {
        throw new NumberFormatException(digest);
      }
      long high = Long.parseUnsignedLong(digest, 0, 16, 16);
      long low = Long.parseUnsignedLong(digest, 16, 32, 16);
      entries.add(new Entry(high, low, split, record));
    } catch (NumberFormatException e) {
      throw new IOException(
          "record " + record + " has '" + digest + "' for a digest of its pixels", e);
    }
  }

  /** Records with a digest. */
  long known() {
    return entries.size();
  }

  /** Records without one, as earlier versions and other programs write them. */
  long missing() {
    return missing;
  }

  /** Records of equal pixels, two or more together; groups and their records in record order. */
  List<List<Place>> groups() {
    entries.sort(BY_DIGEST);
    List<List<Place>> groups = new ArrayList<>();
    for (int from = 0, to; from < entries.size(); from = to) {
      Entry first = entries.get(from);
      to = from + 1;
      while (to < entries.size() && entries.get(to).hasPixelsOf(first)) {
        to++;
      }
      if (to - from > 1) {
        groups.add(entries.subList(from, to).stream().map(Entry::place).toList());
      }
    }
    groups.sort(
        Comparator.comparingInt((List<Place> group) -> group.get(0).split())
            .thenComparingInt(group -> group.get(0).record()));
    return groups;
  }
}
