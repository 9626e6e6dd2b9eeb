package ghostbeam.transforms.zip;

import static ghostbeam.transforms.zip.ZipEnd.u16;
import static ghostbeam.transforms.zip.ZipEnd.u32;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.Packing;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One entry of a zip's central directory, with its zip64 numbers resolved. */
record ZipEntryHeader(
    Storage.Entry zip,
    String name,
    int flags,
    int method,
    long crc32,
    Numbers numbers,
    boolean isLink) {

  /**
   * Lengths and offset of an entry.
   *
   * @param bytes uncompressed
   * @param storedBytes compressed
   * @param offset of its local header
   * @param header minimum bytes of its local header, assuming the same name as in the directory
   */
  private record Numbers(long bytes, long storedBytes, long offset, int header) {}

  /** Bytes of a directory entry before its name. */
  static final int FIXED_BYTES = 46;

  private static final int SIGNATURE = 0x02014b50;
  private static final int ENCRYPTED = 1;
  private static final int UNIX = 3;
  private static final int FILE_TYPE = 0170000;
  private static final int SYMBOLIC_LINK = 0120000;
  private static final int ZIP64 = 1;
  private static final long U32 = 0xFFFFFFFFL;

  /** Length of the entry at a buffer's position, of which the fixed bytes are available. */
  static int bytes(String uri, ByteBuffer directory) throws IOException {
    int at = directory.position();
    if (directory.getInt(at) != SIGNATURE) {
      throw ZipEnd.damaged(uri, "an entry of its directory has no signature");
    }
    return FIXED_BYTES
        + u16(directory, at + 28)
        + u16(directory, at + 30)
        + u16(directory, at + 32);
  }

  /** Reads the entry at a buffer's position, all of it available, and moves past it. */
  static ZipEntryHeader read(Storage.Entry zip, EntryNames names, ByteBuffer directory)
      throws IOException {
    int at = directory.position();
    int end = at + bytes(zip.path(), directory);
    int nameBytes = u16(directory, at + 28);
    int extraAt = at + FIXED_BYTES + nameBytes;
    int extraEnd = extraAt + u16(directory, at + 30);
    long[] numbers = {u32(directory, at + 24), u32(directory, at + 20), u32(directory, at + 42)};
    fillIn(zip.path(), directory, extraAt, extraEnd, numbers);
    byte[] name = new byte[nameBytes];
    directory.get(at + FIXED_BYTES, name);
    ByteBuffer extra = directory.slice(extraAt, extraEnd - extraAt).order(ByteOrder.LITTLE_ENDIAN);
    int flags = u16(directory, at + 8);
    int host = Byte.toUnsignedInt(directory.get(at + 5));
    int mode = directory.getInt(at + 38) >>> 16;
    directory.position(end);
    return new ZipEntryHeader(
        zip,
        names.decode(flags, host, name, extra),
        flags,
        u16(directory, at + 10),
        u32(directory, at + 16),
        new Numbers(numbers[0], numbers[1], numbers[2], ZipEntryPacking.HEADER + nameBytes),
        host == UNIX && (mode & FILE_TYPE) == SYMBOLIC_LINK);
  }

  /** Replaces numbers that do not fit into 32 bits with those of the zip64 extra field. */
  private static void fillIn(String uri, ByteBuffer directory, int from, int end, long[] numbers)
      throws IOException {
    int at = from;
    while (at + 4 <= end) {
      int id = u16(directory, at);
      int fieldEnd = at + 4 + u16(directory, at + 2);
      if (fieldEnd > end) {
        break;
      }
      at += 4;
      for (int i = 0; id == ZIP64 && i < numbers.length; i++) {
        if (numbers[i] == U32) {
          if (at + 8 > fieldEnd) {
            throw ZipEnd.damaged(uri, "a zip64 field of its directory is too short");
          }
          numbers[i] = directory.getLong(at);
          at += 8;
        }
      }
      at = fieldEnd;
    }
  }

  /** The same entry at another offset. */
  ZipEntryHeader at(long offset) {
    Numbers moved = new Numbers(numbers.bytes, numbers.storedBytes, offset, numbers.header);
    return new ZipEntryHeader(zip, name, flags, method, crc32, moved, isLink);
  }

  /** The offset of its local header. */
  long offset() {
    return numbers.offset;
  }

  /** The smallest offset at which the next entry can start. */
  long leastEnd() {
    return numbers.offset + numbers.header + numbers.storedBytes;
  }

  boolean isFolder() {
    return name.isEmpty() || name.endsWith("/");
  }

  /** The entry as a source file; throws if it cannot be read in place or its name is unsafe. */
  SourceFile toFile(long directoryOffset) throws IOException {
    String uri = zip.path();
    FileNames.requireSafe(uri, name);
    if ((flags & ENCRYPTED) != 0) {
      throw new IOException(
          uri + " holds " + shown() + " encrypted; pack it again without a password");
    }
    long offset = numbers.offset;
    long stored = numbers.storedBytes;
    if (offset < 0 || stored < 0 || numbers.bytes < 0 || stored > directoryOffset - offset) {
      throw new IOException(
          uri + " has " + shown() + " at an impossible offset; copy or download it again");
    }
    return new SourceFile(
        name, new Extent(uri, zip.version(), offset, stored, packing(), numbers.bytes, crc32));
  }

  private Packing packing() throws IOException {
    for (ZipEntryPacking packing : ZipEntryPacking.values()) {
      if (packing.method == method) {
        return packing;
      }
    }
    throw new IOException(
        String.format(
            "%s holds %s compressed by method %d; pack it again stored or deflated",
            zip.path(), shown(), method));
  }

  private String shown() {
    return FileNames.shown(name);
  }
}
