package ghostbeam.model.record;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Where each record of a shard lies, in DALI's text format: a line {@code offset size} for each
 * record, where the size includes the frame. Records follow each other without gaps.
 */
public final class ShardIndex {
  /** Two numbers of up to 19 digits, a space and a line end. */
  private static final int MAX_LINE = 40;

  /** {@code starts[i]} is the offset of record i; the last entry is the shard's length. */
  private final long[] starts;

  private ShardIndex(long[] starts) {
    this.starts = starts;
  }

  int records() {
    return starts.length - 1;
  }

  long offset(int position) {
    return starts[position];
  }

  /** Bytes of the record with its frame, which reading the index checked to fit an array. */
  int size(int position) {
    return (int) (starts[position + 1] - starts[position]);
  }

  /** Bytes of the shard that follow the record. */
  long bytesAfter(int position) {
    return starts[starts.length - 1] - starts[position + 1];
  }

  /**
   * Reads the index beside a shard file and checks it against the file's length.
   *
   * @param records how many records it must list; bounds the memory used, whatever the file's size
   * @param bytes the shard file's length
   */
  public static ShardIndex read(Storage storage, String path, int records, long bytes)
      throws IOException {
    int limit = (int) Math.min(Integer.MAX_VALUE - 8L, (long) records * MAX_LINE);
    String text = new String(storage.readWhole(path, limit), StandardCharsets.US_ASCII);
    long[] starts = new long[records + 1];
    int at = 0;
    for (int i = 0; i < records; i++) {
      int end = text.indexOf('\n', at);
      int space = text.indexOf(' ', at);
      if (end < 0 || space < 0 || space > end) {
        throw damaged(path, "line " + (i + 1) + " is not 'offset size', expected " + records);
      }
      long offset;
      long size;
      try {
        offset = Long.parseLong(text, at, space, 10);
        size = Long.parseLong(text, space + 1, end, 10);
      } catch (NumberFormatException e) {
        throw damaged(path, "line " + (i + 1) + " is not 'offset size'");
      }
      if (offset != starts[i] || size < Framing.OVERHEAD || size > bytes - offset) {
        throw damaged(path, "line " + (i + 1) + " does not follow the one before it");
      }
      if (size > Integer.MAX_VALUE - 8) {
        throw damaged(path, "line " + (i + 1) + " has a record of " + size + " bytes");
      }
      starts[i + 1] = offset + size;
      at = end + 1;
    }
    if (at != text.length() || starts[records] != bytes) {
      throw damaged(path, "its records end at " + starts[records] + ", the shard at " + bytes);
    }
    return new ShardIndex(starts);
  }

  private static IOException damaged(String path, String what) {
    return new IOException(
        path + " does not fit its shard: " + what + "; run preprocess again to replace it");
  }
}
