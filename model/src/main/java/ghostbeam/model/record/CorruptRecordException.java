package ghostbeam.model.record;

import java.io.IOException;

/** A record whose bytes are not those that were written; the message says which and where. */
public final class CorruptRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  CorruptRecordException(String shard, long record, int position, long offset, String reason) {
    super(
        String.format(
            "%s: record %d (position %d in this shard, byte offset %d) is corrupt: %s;"
                + " restore the shard or run preprocess again",
            shard, record, position, offset, reason));
  }
}
