package ghostbeam.model.codec;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A GIF's first frame, found by walking the file's blocks, and decoded by the JDK; OpenCV 4.9 knows
 * no GIF.
 */
final class GifFrame {
  private static final int HEADER = 13;
  private static final int EXTENSION = 0x21;
  private static final int CONTROL = 0xF9;
  private static final int CONTROL_BYTES = 4;
  private static final int IMAGE = 0x2C;
  private static final int DESCRIPTOR = 9;
  private static final int LONGEST_BLOCK = 255;

  private final byte[] file;
  private int at;
  private int left;
  private int top;
  private int width;
  private int height;
  private boolean interlaced;
  private byte[] palette;
  private int transparent = -1;

  private GifFrame(byte[] file) {
    this.file = file;
  }

  /**
   * The first frame, of which only the descriptor has been read.
   *
   * @throws UndecodableImageException for a GIF that is cut before, or has no frame
   */
  static GifFrame first(byte[] file) throws UndecodableImageException {
    GifFrame frame = new GifFrame(file);
    try {
      frame.readToPixels();
      return frame;
    } catch (IndexOutOfBoundsException e) {
      throw UndecodableImageException.truncated("GIF", file.length);
    }
  }

  private void readToPixels() throws UndecodableImageException {
    at = HEADER;
    byte[] common = palette(file[10]);
    while (file[at] == EXTENSION) {
      boolean control = (file[at + 1] & 0xFF) == CONTROL;
      int body = at + 2;
      if (control && file[body] == CONTROL_BYTES) {
        transparent = (file[body + 1] & 1) == 1 ? file[body + 4] & 0xFF : -1;
      }
      at = body;
      skipBlocks();
    }
    if (file[at] != IMAGE) {
      throw GifCodes.broken("no frame where one must be");
    }
    left = word(at + 1);
    top = word(at + 3);
    width = word(at + 5);
    height = word(at + 7);
    byte packed = file[at + DESCRIPTOR];
    interlaced = (packed & 0x40) != 0;
    at += 1 + DESCRIPTOR;
    byte[] own = palette(packed);
    palette = own.length > 0 ? own : common;
    if (width == 0 || height == 0) {
      throw GifCodes.broken("a frame of " + width + " x " + height + " pixels");
    }
    if (palette.length == 0) {
      throw GifCodes.broken("no colour table");
    }
  }

  /** The colour table that packed fields announce; the walk goes on behind it. */
  private byte[] palette(byte packed) {
    int length = packed < 0 ? 3 << ((packed & 7) + 1) : 0;
    if (at + length > file.length) {
      throw new IndexOutOfBoundsException(file.length);
    }
    at += length;
    return Arrays.copyOfRange(file, at - length, at);
  }

  /** Moves behind a chain of blocks and its empty last one; the number of bytes in them. */
  private int skipBlocks() {
    int bytes = 0;
    while (file[at] != 0) {
      bytes += file[at] & 0xFF;
      at += 1 + (file[at] & 0xFF);
    }
    at++;
    return bytes;
  }

  private int word(int offset) {
    return (file[offset] & 0xFF) | (file[offset + 1] & 0xFF) << 8;
  }

  /** The frame on its page, which is white where the frame is transparent or does not reach. */
  Pixels decode(ImageHeader page) throws UndecodableImageException {
    byte[] alone = alone();
    Raster indices = JdkReader.read("GIF", alone, reader -> reader.read(0)).getRaster();
    byte[] rgb = new byte[page.width() * page.height() * 3];
    Arrays.fill(rgb, (byte) 0xFF);
    byte[] row = new byte[width];
    for (int y = 0; y < height; y++) {
      indices.getDataElements(0, y, width, 1, row);
      int to = ((top + y) * page.width() + left) * 3;
      for (byte sample : row) {
        int index = sample & 0xFF;
        if (index != transparent) {
          rgb[to] = palette[3 * index];
          rgb[to + 1] = palette[3 * index + 1];
          rgb[to + 2] = palette[3 * index + 2];
        }
        to += 3;
      }
    }
    return new Pixels(page.width(), page.height(), rgb);
  }

  /** In pixels; a frame beyond the page's right edge widens the page, as in Pillow. */
  int pageWidth() {
    return Math.max(word(6), left + width);
  }

  /** In pixels; a frame beyond the page's bottom edge heightens the page, as in Pillow. */
  int pageHeight() {
    return Math.max(word(8), top + height);
  }

  /**
   * A GIF of this frame alone, opaque, which fills its page, with sound codes and nothing else.
   *
   * @throws UndecodableImageException for a frame whose codes are not sound
   */
  private byte[] alone() throws UndecodableImageException {
    byte[] codes;
    int literal;
    try {
      literal = file[at] & 0xFF;
      codes =
          new GifCodes(joinedBlocks(), literal, palette.length / 3).sound((long) width * height);
    } catch (IndexOutOfBoundsException e) {
      throw UndecodableImageException.truncated("GIF", file.length);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(words(width, height));
    out.writeBytes(new byte[] {0, 0, 0});
    out.write(IMAGE);
    out.writeBytes(words(0, 0, width, height));
    int tableBits = Integer.numberOfTrailingZeros(palette.length / 3) - 1;
    out.write(0x80 | (interlaced ? 0x40 : 0) | tableBits);
    out.writeBytes(palette);
    out.write(literal);
    for (int from = 0; from < codes.length; from += LONGEST_BLOCK) {
      int length = Math.min(LONGEST_BLOCK, codes.length - from);
      out.write(length);
      out.write(codes, from, length);
    }
    out.writeBytes(new byte[] {0, ';'});
    return out.toByteArray();
  }

  private byte[] joinedBlocks() {
    int start = ++at;
    byte[] joined = new byte[skipBlocks()];
    for (int from = start, to = 0; file[from] != 0; ) {
      int length = file[from] & 0xFF;
      System.arraycopy(file, from + 1, joined, to, length);
      from += 1 + length;
      to += length;
    }
    return joined;
  }

  private static byte[] words(int... values) {
    ByteBuffer words = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      words.putShort((short) value);
    }
    return words.array();
  }
}
