package ghostbeam.model.record;

import java.io.Closeable;
import java.io.IOException;

/** Reads one shard's records by position, checking both CRCs of each. Not thread-safe. */
public final class ShardReader implements Closeable {

  public int records() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The record at a position, 0-based. */
  public Example read(int position) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public void close() throws IOException {}
}
