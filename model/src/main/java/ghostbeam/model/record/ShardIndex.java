package ghostbeam.model.record;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Where each record of a shard lies: DALI's text form, one line {@code offset size} a record, size
 * with the frame; records follow each other without a gap.
 */
public final class ShardIndex {
  /** Two numbers of up to 19 digits, a space and a line end. */
  private static final int LONGEST_LINE = 40;

  /** {@code starts[i]} is where record i begins; one more entry for the end. */
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

  /** Bytes of the record with its frame; checked to be an array's length when the index is read. */
  int size(int position) {
    return (int) (starts[position + 1] - starts[position]);
  }

  /** Bytes of the shard after the record. */
  long bytesAfter(int position) {
    return starts[starts.length - 1] - starts[position + 1];
  }

  /**
   * Reads the index beside a shard file, holding it to the file's length.
   *
   * @param records how many records it must list; memory follows this number, not the file
   * @param bytes the shard file's length
   */
  public static ShardIndex read(Storage storage, String path, int records, long bytes)
      throws IOException {
    int limit = (int) Math.min(Integer.MAX_VALUE - 8L, (long) records * LONGEST_LINE);
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
