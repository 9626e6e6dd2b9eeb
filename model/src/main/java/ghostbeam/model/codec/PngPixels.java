package ghostbeam.model.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG decoder. The libpng inside OpenCV prints its complaints to the terminal and gives its caller
 * no reason.
 */
final class PngPixels {
  private static final int MAX_FILTER = 4;

  /** Above this many bytes of pixels, a first pass checks that the file holds all of them. */
  private static final int MAX_UNCHECKED_BYTES = 64 << 20;

  /** Left, top, horizontal step and vertical step of each pass of an interlaced image. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final byte[] file;
  private final Deque<PngChunks.Range> packed;
  private final Inflater inflater;
  private final int width;
  private final int height;
  private final int[][] passes;
  private final int depth;
  private final int largest;
  private final int samples;

  /** Three bytes per index; empty where the image has no palette. */
  private final byte[] palette;

  /** See {@link PngChunks#transparency}. */
  private final int[] transparency;

  private final byte[] rgb;

  private PngPixels(
      byte[] file, PngChunks chunks, ImageHeader size, Inflater inflater, byte[] rgb) {
    this.file = file;
    this.packed = new ArrayDeque<>(chunks.data());
    this.inflater = inflater;
    this.width = size.width();
    this.height = size.height();
    this.passes = chunks.interlaced() ? PASSES : ONE_PASS;
    this.depth = chunks.depth();
    this.largest = (1 << depth) - 1;
    this.samples = chunks.samples();
    this.palette = chunks.palette();
    this.transparency = chunks.transparency();
    this.rgb = rgb;
  }

  /**
   * The pixels as RGB, over white where transparent; 16-bit samples keep their upper eight bits.
   *
   * @throws UndecodableImageException where the pixels cannot be unpacked or are incomplete
   */
  static Pixels decode(byte[] file, PngChunks chunks, ImageHeader size)
      throws UndecodableImageException {
    int bytes = size.width() * size.height() * 3;
    if (bytes > MAX_UNCHECKED_BYTES) {
      // A small file can claim to be large; memory is allocated only once its data proves it.
      unpacked(file, chunks, size, new byte[0]);
    }
    return new Pixels(size.width(), size.height(), unpacked(file, chunks, size, new byte[bytes]));
  }

  /** Decodes into an array for all pixels, or only checks if it is empty. */
  private static byte[] unpacked(byte[] file, PngChunks chunks, ImageHeader size, byte[] rgb)
      throws UndecodableImageException {
    Inflater inflater = new Inflater();
    try {
      PngPixels png = new PngPixels(file, chunks, size, inflater, rgb);
      for (int[] pass : png.passes) {
        png.read(pass);
      }
      png.requireEnd();
      return rgb;
    } catch (DataFormatException e) {
      throw PngChunks.broken("its pixels cannot be unpacked, " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private int columns(int[] pass) {
    return (width - pass[0] + pass[2] - 1) / pass[2];
  }

  private int rows(int[] pass) {
    return (height - pass[1] + pass[3] - 1) / pass[3];
  }

  /** Bytes of a row, including its leading filter type. */
  private int bytes(int[] pass) {
    return 1 + (columns(pass) * samples * depth + 7) / 8;
  }

  private void read(int[] pass) throws DataFormatException, UndecodableImageException {
    int columns = columns(pass);
    byte[] row = new byte[bytes(pass)];
    byte[] above = new byte[row.length];
    for (int y = pass[1]; y < height && columns > 0; y += pass[3]) {
      unpack(row);
      unfilter(row, above, Math.max(1, samples * depth / 8));
      for (int i = 0; i < columns && rgb.length > 0; i++) {
        put(row, i * samples, (y * width + pass[0] + i * pass[2]) * 3);
      }
      byte[] next = above;
      above = row;
      row = next;
    }
  }

  private void unpack(byte[] row) throws DataFormatException, UndecodableImageException {
    for (int at = 0; at < row.length; ) {
      int more = inflater.inflate(row, at, row.length - at);
      if (more == 0 && !feed()) {
        long all = 0;
        for (int[] pass : passes) {
          all += columns(pass) == 0 ? 0 : (long) rows(pass) * bytes(pass);
        }
        throw PngChunks.broken(
            "its pixels end after " + inflater.getBytesWritten() + " of " + all + " bytes");
      }
      at += more;
    }
  }

  /** Feeds the next range to the inflater; false where there is none, or none is needed. */
  private boolean feed() {
    if (!inflater.needsInput() || inflater.finished() || packed.isEmpty()) {
      return false;
    }
    PngChunks.Range part = packed.remove();
    inflater.setInput(file, part.start(), part.length());
    return true;
  }

  /** Reads on to the stream's checksum; surplus pixel data is harmless. */
  private void requireEnd() throws DataFormatException, UndecodableImageException {
    byte[] beyond = new byte[1];
    while (!inflater.finished()) {
      if (inflater.inflate(beyond) > 0) {
        return;
      }
      if (!inflater.finished() && !feed()) {
        throw PngChunks.broken("its pixels lack their checksum");
      }
    }
  }

  /**
   * Undoes a row's filter, which predicts each byte from those {@code step} bytes before, above,
   * and both.
   */
  private static void unfilter(byte[] row, byte[] above, int step)
      throws UndecodableImageException {
    int filter = row[0] & 0xFF;
    if (filter > MAX_FILTER) {
      throw PngChunks.broken("a row of filter type " + filter + ", expected 0 to 4");
    }
    for (int i = 1; i < row.length && filter > 0; i++) {
      int left = i > step ? row[i - step] & 0xFF : 0;
      int up = above[i] & 0xFF;
      int corner = i > step ? above[i - step] & 0xFF : 0;
      row[i] +=
          (byte)
              switch (filter) {
                case 1 -> left;
                case 2 -> up;
                case 3 -> (left + up) / 2;
                default -> nearest(left, up, corner);
              };
    }
  }

  /** The Paeth predictor: whichever of three bytes is nearest to left + up − corner. */
  private static int nearest(int left, int up, int corner) {
    int toLeft = Math.abs(up - corner);
    int toUp = Math.abs(left - corner);
    int toCorner = Math.abs(left + up - 2 * corner);
    if (toLeft <= toUp && toLeft <= toCorner) {
      return left;
    }
    return toUp <= toCorner ? up : corner;
  }

  /** Writes the pixel whose first sample is number {@code first} of a row. */
  private void put(byte[] row, int first, int to) {
    int sample = sample(row, first);
    if (palette.length > 0) {
      int alpha = sample < transparency.length ? transparency[sample] : 255;
      for (int c = 0; c < 3; c++) {
        rgb[to + c] = OpenCvCodec.overWhite(palette[3 * sample + c], alpha);
      }
      return;
    }
    int alpha = isTransparent(row, first) ? 0 : 255;
    if (samples % 2 == 0) {
      alpha = inEightBits(sample(row, first + samples - 1));
    }
    for (int c = 0; c < 3; c++) {
      int own = samples < 3 ? sample : sample(row, first + c);
      rgb[to + c] = OpenCvCodec.overWhite((byte) inEightBits(own), alpha);
    }
  }

  private boolean isTransparent(byte[] row, int first) {
    boolean transparent = transparency.length > 0;
    for (int i = 0; i < transparency.length && transparent; i++) {
      transparent = sample(row, first + i) == transparency[i];
    }
    return transparent;
  }

  private int inEightBits(int sample) {
    return depth == 16 ? sample >> 8 : sample * 255 / largest;
  }

  private int sample(byte[] row, int number) {
    int bit = number * depth;
    int first = row[1 + bit / 8] & 0xFF;
    return depth == 16
        ? (first << 8) | (row[2 + bit / 8] & 0xFF)
        : (first >> (8 - depth - bit % 8)) & largest;
  }
}
