package ghostbeam.model.record;

import java.io.Closeable;
import java.io.IOException;

/** A finished split of a dataset folder, with random access by record number. Thread-safe. */
public final class Dataset implements Closeable {

  /** Opens a split; without its manifest it does not exist. */
  public static Dataset open(Storage storage, String folder, String split) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  public Manifest manifest() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The record's image, both CRCs checked; a bad one throws, naming shard, number and offset. */
  public Example read(long recordNumber) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** Opens one shard (0-based, manifest order) for reading from first to last record. */
  public ShardReader shard(int shard) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** The record number of a shard's first record. */
  public long firstRecord(int shard) {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public void close() throws IOException {}
}
