package ghostbeam.model.dataset;

import ghostbeam.model.record.CorruptRecordException;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardIndex;
import ghostbeam.model.record.ShardPart;
import ghostbeam.model.record.ShardReader;
import ghostbeam.model.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * A finished split of a dataset folder, with random access by record number. Thread-safe: different
 * shards can be read concurrently, reads of one shard are serialised. For a {@link Subset}, record
 * numbers and labels are the subset's; shards are those of the dataset that it was taken from.
 */
public final class Dataset implements Closeable {
  /** Shards kept open for random access, beyond one per reading thread. */
  private static final int OPEN_SHARDS = 256;

  private final int openShards;
  private final Storage storage;
  private final String folder;
  private final Manifest manifest;

  /** Null where this is not a subset. */
  private final Selection selection;

  private final long[] firstRecords;
  private final List<ShardSlot> slots = new ArrayList<>();

  /** Shards with an open file, least recently used first; also the lock that guards it. */
  private final LinkedHashSet<ShardSlot> recent = new LinkedHashSet<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * A subset: its manifest, the underlying dataset's record numbers, and its label for each of that
   * dataset's labels.
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Selection(Manifest manifest, long[] records, int[] labels) {}

  private Dataset(
      Storage storage, String folder, Manifest manifest, Selection selection, int openShards) {
    this.openShards = openShards;
    this.storage = storage;
    this.folder = folder;
    this.manifest = manifest;
    this.selection = selection;
    this.firstRecords = new long[manifest.shards().size() + 1];
    for (int i = 0; i < manifest.shards().size(); i++) {
      firstRecords[i + 1] = firstRecords[i] + manifest.shards().get(i).records();
      slots.add(new ShardSlot(i));
    }
  }

  /** Opens a split, which must have a manifest. Shards are opened when first read. */
  public static Dataset open(Storage storage, String folder, String split) throws IOException {
    return open(storage, folder, split, OPEN_SHARDS);
  }

  static Dataset open(Storage storage, String folder, String split, int openShards)
      throws IOException {
    DatasetFolder place = new DatasetFolder(storage, folder, split);
    if (place.isFinished() || !place.isSubset()) {
      return new Dataset(storage, folder, place.manifest(), null, openShards);
    }
    Subset subset = Subset.read(place);
    Manifest whole = subset.whole(place);
    Selection selection =
        new Selection(subset.manifest(whole), subset.records(), subset.labels(whole));
    return new Dataset(storage, subset.of(), whole, selection, openShards);
  }

  public Manifest manifest() {
    return selection == null ? manifest : selection.manifest;
  }

  /**
   * The example with this record number, both its CRCs checked.
   *
   * @throws CorruptRecordException for a bad record, naming shard, number and offset
   * @throws IndexOutOfBoundsException for a number outside {@code 0 .. manifest().records() - 1}
   */
  public Example read(long recordNumber) throws IOException {
    return read(recordNumber, shard -> ShardReader::read);
  }

  /**
   * The same, with the record's part of its shard's CRC.
   *
   * @param parts takes the shard's 0-based number and the part
   */
  public Example read(long recordNumber, BiConsumer<Integer, ShardPart> parts) throws IOException {
    return read(
        recordNumber,
        shard -> (reader, position) -> reader.read(position, part -> parts.accept(shard, part)));
  }

  private Example read(long recordNumber, IntFunction<Reading> reading) throws IOException {
    Objects.checkIndex(recordNumber, manifest().records());
    if (selection == null) {
      return readWhole(recordNumber, reading);
    }
    Example example = readWhole(selection.records[(int) recordNumber], reading);
    return Subset.relabelled(example, selection.labels);
  }

  private int shardOf(long recordNumber) {
    Objects.checkIndex(recordNumber, manifest.records());
    int found = Arrays.binarySearch(firstRecords, recordNumber);
    int shard = found >= 0 ? found : -found - 2;
    while (manifest.shards().get(shard).records() == 0) {
      shard++; // an empty shard has the same first record as the next one
    }
    return shard;
  }

  private Example readWhole(long recordNumber, IntFunction<Reading> reading) throws IOException {
    int shard = shardOf(recordNumber);
    ShardSlot slot = slots.get(shard);
    Example example = slot.read((int) (recordNumber - firstRecords[shard]), reading.apply(shard));
    closeLeastRecent(slot);
    return example;
  }

  /**
   * Checks what was read of a shard against the manifest, provided that all its records were read.
   *
   * @param shard its 0-based number
   * @param read the sum of its records' parts
   * @throws IOException naming the file, where its bytes are not those that were written, such as
   *     another run's
   */
  public void requireWhole(int shard, ShardPart read) throws IOException {
    Manifest.Shard written = manifest.shards().get(shard);
    String crc = String.format(Locale.ROOT, "%08x", read.crc());
    if (read.records() == written.records() && !crc.equals(written.crc32c())) {
      throw new IOException(
          "%s has CRC32C %s, its manifest says %s: it is not the shard that was written, perhaps a copy of another; restore it or run preprocess again"
              .formatted(Storage.resolve(folder, written.file()), crc, written.crc32c()));
    }
  }

  /** Opens one shard (0-based, manifest order) for reading from first to last record. */
  public ShardReader shard(int shard) throws IOException {
    return slots.get(shard).open();
  }

  /** The record number of a shard's first record. */
  public long firstRecord(int shard) {
    return firstRecords[shard];
  }

  @Override
  public void close() throws IOException {
    closed.set(true);
    for (ShardSlot slot : slots) {
      slot.close();
    }
  }

  /** Called without holding any slot's lock, so that threads cannot deadlock. */
  private void closeLeastRecent(ShardSlot used) throws IOException {
    ShardSlot oldest = null;
    synchronized (recent) {
      recent.remove(used);
      recent.add(used);
      if (recent.size() > openShards) {
        oldest = recent.iterator().next();
        recent.remove(oldest);
      }
    }
    if (oldest != null) {
      oldest.close();
    }
  }

  /** How a record is read from an open shard. */
  private interface Reading {
    Example of(ShardReader reader, int position) throws IOException;
  }

  /** One shard: its index is kept once read, its file is opened and closed as needed. */
  private final class ShardSlot {
    private final int shard;
    private ShardIndex index;
    private ShardReader reader;

    ShardSlot(int shard) {
      this.shard = shard;
    }

    synchronized Example read(int position, Reading reading) throws IOException {
      if (closed.get()) {
        throw new IOException(folder + " has been closed");
      }
      if (reader == null || !reader.isOpen()) {
        reader = open();
      }
      return reading.of(reader, position);
    }

    synchronized ShardReader open() throws IOException {
      Manifest.Shard file = manifest.shards().get(shard);
      String path = Storage.resolve(folder, file.file());
      if (index == null) {
        checkLength(path, file.bytes());
        index =
            ShardIndex.read(storage, DatasetFolder.index(path), (int) file.records(), file.bytes());
      }
      return ShardReader.open(storage, path, firstRecords[shard], index);
    }

    private void checkLength(String path, long expected) throws IOException {
      try (SeekableByteChannel channel = storage.open(path)) {
        if (channel.size() != expected) {
          throw new IOException(
              path
                  + " has "
                  + channel.size()
                  + " bytes, its manifest says "
                  + expected
                  + "; restore the shard or run preprocess again");
        }
      }
    }

    synchronized void close() throws IOException {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }
  }
}
