package ghostbeam.pipelines.inspect;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pixel digests of all records, in 40 bytes each. JPEGs stored unchanged only have a digest of
 * the image at an eighth of its size; records that share one are decoded and compared in full.
 */
final class PixelDigests {
  private static final int HEX_DIGITS = 32;
  private static final Comparator<Entry> BY_DIGEST =
      Comparator.comparing(Entry::ofEighth)
          .thenComparingLong(Entry::high)
          .thenComparingLong(Entry::low)
          .thenComparingInt(Entry::split)
          .thenComparingInt(Entry::record);

  private final List<Entry> entries = new ArrayList<>();
  private long missing;

  /** A digest and the place of its record. */
  private record Entry(boolean ofEighth, long high, long low, int split, int record) {
    boolean hasDigestOf(Entry other) {
      return ofEighth == other.ofEighth && high == other.high && low == other.low;
    }

    Place place() {
      return new Place(split, record);
    }
  }

  /** A record by the position of its split among those added and its number there. */
  record Place(int split, int record) {}

  /** Two or more records of equal pixels, in record order, and the digest of the full pixels. */
  record Group(String digest, List<Place> places) {}

  /** Reads records. */
  interface Records {
    Example read(Place place) throws IOException;
  }

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
          add(split, first + i, reader.read(i));
        }
      }
    }
  }

  private void add(int split, int record, Example example) throws IOException {
    boolean ofEighth = example.pixelDigest().isEmpty();
    String digest = ofEighth ? example.eighthDigest() : example.pixelDigest();
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
      entries.add(new Entry(ofEighth, high, low, split, record));
    } catch (NumberFormatException e) {
      throw new IOException(
          "record " + record + " has '" + digest + "' as the digest of its pixels", e);
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

  /**
   * All groups in the order of their first records.
   *
   * @throws IOException if a record that had to be compared in full cannot be read or decoded
   */
  List<Group> groups(Records records) throws IOException {
    entries.sort(BY_DIGEST);
    List<Group> groups = new ArrayList<>();
    for (int from = 0, to; from < entries.size(); from = to) {
      Entry first = entries.get(from);
      to = from + 1;
      while (to < entries.size() && entries.get(to).hasDigestOf(first)) {
        to++;
      }
      if (to - from > 1) {
        List<Place> places = entries.subList(from, to).stream().map(Entry::place).toList();
        if (first.ofEighth) {
          groups.addAll(compare(places, records));
        } else {
          groups.add(new Group(records.read(places.get(0)).pixelDigest(), places));
        }
      }
    }
    groups.sort(
        Comparator.comparingInt((Group group) -> group.places().get(0).split())
            .thenComparingInt(group -> group.places().get(0).record()));
    return groups;
  }

  private static List<Group> compare(List<Place> alike, Records records) throws IOException {
    Map<String, List<Place>> byPixels = new TreeMap<>();
    for (Place place : alike) {
      Example example = records.read(place);
      try {
        String digest = Codec.best().decode(example.encoded()).digest();
        byPixels.computeIfAbsent(digest, key -> new ArrayList<>()).add(place);
      } catch (UndecodableImageException e) {
        throw new IOException(
            "record " + place.record() + ", " + example.key() + ": " + e.getMessage(), e);
      }
    }
    return byPixels.entrySet().stream()
        .filter(same -> same.getValue().size() > 1)
        .map(same -> new Group(same.getKey(), same.getValue()))
        .toList();
  }
}
