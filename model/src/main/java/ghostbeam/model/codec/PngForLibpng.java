package ghostbeam.model.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * A PNG written anew for libpng, which prints to the terminal whatever it dislikes and gives its
 * caller no reason: only with the chunks that pixels depend on, and with pixels unpacked, so that
 * it finds no fault and has nothing left to unpack. Faults are found here, in words.
 */
final class PngForLibpng {
  private static final byte[] SIGNATURE =
      "\u0089PNG\r\n\u001A\n".getBytes(StandardCharsets.ISO_8859_1);

  /** Chunks that are not pixels, and the parts of those that are, come to fewer bytes. */
  private static final int REST = 2048;

  /** Length, type and checksum of a chunk. */
  private static final int FRAME = 12;

  /** Where a chunk's body begins. */
  private static final int BODY = 8;

  /** The most that a block which is stored as it is can hold. */
  private static final int BLOCK = 65_535;

  private static final int BLOCK_HEADER = 5;
  private static final int PIXELS = BODY + BLOCK_HEADER;
  private static final byte[] ZLIB_HEADER = {0x78, 0x01};
  private static final int HIGHEST_FILTER = 4;

  /** Left, top, and steps across and down of the passes of an interlaced image. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  /** Rows of so many bytes, the byte of their filter included. */
  private record Rows(long count, long bytes) {}

  private final byte[] file;
  private final PngChunks chunks;
  private final Deque<PngChunks.Range> packed;
  private final long unpacked;
  private final List<Rows> passes = new ArrayList<>();
  private int pass;
  private long rowsOfPass;
  private long untilRow;
  private final Mat written;
  private int end;

  private PngForLibpng(byte[] file, PngChunks chunks, ImageHeader size) {
    this.file = file;
    this.chunks = chunks;
    this.packed = new ArrayDeque<>(chunks.data());
    for (int[] step : chunks.interlaced() ? PASSES : ONE_PASS) {
      long width = (size.width() - step[0] + step[2] - 1L) / step[2];
      long height = (size.height() - step[1] + step[3] - 1L) / step[3];
      if (width > 0 && height > 0) {
        passes.add(new Rows(height, 1 + (width * chunks.bitsPerPixel() + 7) / 8));
      }
    }
    unpacked = passes.stream().mapToLong(rows -> rows.count * rows.bytes).sum();
    long blocks = unpacked / BLOCK + 1;
    long length = REST + (FRAME + BLOCK_HEADER) * blocks + unpacked;
    written = new Mat(1, Math.toIntExact(length), CvType.CV_8UC1);
  }

  /**
   * The file anew, in a row of bytes that the caller releases; some behind its end mean nothing.
   *
   * @throws UndecodableImageException for pixels that cannot be unpacked, or that are too few
   */
  static Mat of(byte[] file, PngChunks chunks, ImageHeader size) throws UndecodableImageException {
    PngForLibpng png = new PngForLibpng(file, chunks, size);
    boolean whole = false;
    try {
      png.write();
      whole = true;
      return png.written;
    } finally {
      if (!whole) {
        png.written.release();
      }
    }
  }

  private void write() throws UndecodableImageException {
    put(SIGNATURE, SIGNATURE.length);
    chunk("IHDR", chunks.header());
    if (chunks.palette().length > 0) {
      chunk("PLTE", chunks.palette());
    }
    if (chunks.transparency().length > 0) {
      chunk("tRNS", chunks.transparency());
    }
    Inflater inflater = new Inflater();
    try {
      writePixels(inflater);
    } catch (DataFormatException e) {
      throw PngChunks.broken("its pixels cannot be unpacked, " + e.getMessage());
    } finally {
      inflater.end();
    }
    chunk("IEND", new byte[0]);
  }

  private void writePixels(Inflater inflater)
      throws DataFormatException, UndecodableImageException {
    chunk("IDAT", ZLIB_HEADER);
    byte[] block = new byte[FRAME + BLOCK_HEADER + (int) Math.min(BLOCK, unpacked)];
    ByteBuffer bytes = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    Adler32 adler = new Adler32();
    for (long done = 0; done < unpacked; ) {
      int size = (int) Math.min(BLOCK, unpacked - done);
      unpack(inflater, block, size);
      requireFilters(block, size);
      adler.update(block, PIXELS, size);
      done += size;
      bytes.put(BODY, (byte) (done == unpacked ? 1 : 0));
      bytes.putShort(BODY + 1, (short) size).putShort(BODY + 3, (short) ~size);
      write("IDAT", block, BLOCK_HEADER + size);
    }
    requireEnd(inflater);
    chunk("IDAT", ByteBuffer.allocate(Integer.BYTES).putInt((int) adler.getValue()).array());
  }

  private void unpack(Inflater inflater, byte[] block, int size)
      throws DataFormatException, UndecodableImageException {
    int at = PIXELS;
    while (at < PIXELS + size) {
      int more = inflater.inflate(block, at, PIXELS + size - at);
      if (more == 0 && !feed(inflater)) {
        throw PngChunks.broken(
            "its pixels end after " + inflater.getBytesWritten() + " of " + unpacked + " bytes");
      }
      at += more;
    }
  }

  /** Hands over the next part of the packed pixels; false where there is none, or none wanted. */
  private boolean feed(Inflater inflater) {
    if (!inflater.needsInput() || inflater.finished() || packed.isEmpty()) {
      return false;
    }
    PngChunks.Range part = packed.remove();
    inflater.setInput(file, part.start(), part.length());
    return true;
  }

  /** The checksum of the pixels stands behind them; more pixels than there may be do no harm. */
  private void requireEnd(Inflater inflater) throws DataFormatException, UndecodableImageException {
    byte[] beyond = new byte[1];
    while (!inflater.finished()) {
      if (inflater.inflate(beyond) > 0) {
        return;
      }
      if (!inflater.finished() && !feed(inflater)) {
        throw PngChunks.broken("its pixels lack their checksum");
      }
    }
  }

  /** Each row begins with its filter's number. */
  private void requireFilters(byte[] block, int size) throws UndecodableImageException {
    while (untilRow < size) {
      int filter = block[PIXELS + (int) untilRow] & 0xFF;
      if (filter > HIGHEST_FILTER) {
        throw PngChunks.broken("a row by filter " + filter + ", and there are 0 to 4");
      }
      Rows rows = passes.get(pass);
      untilRow += rows.bytes;
      if (++rowsOfPass == rows.count) {
        rowsOfPass = 0;
        pass++;
      }
    }
    untilRow -= size;
  }

  private void chunk(String type, byte[] body) {
    byte[] chunk = new byte[FRAME + body.length];
    System.arraycopy(body, 0, chunk, BODY, body.length);
    write(type, chunk, body.length);
  }

  /** A chunk whose body is in its place already. */
  private void write(String type, byte[] chunk, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(chunk);
    bytes.putInt(length).put(type.getBytes(StandardCharsets.US_ASCII));
    CRC32 crc = new CRC32();
    crc.update(chunk, Integer.BYTES, Integer.BYTES + length);
    bytes.putInt(BODY + length, (int) crc.getValue());
    put(chunk, FRAME + length);
  }

  private void put(byte[] bytes, int length) {
    written.put(0, end, bytes, 0, length);
    end += length;
  }
}
