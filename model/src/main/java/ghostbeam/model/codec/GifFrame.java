package ghostbeam.model.codec;

import java.util.Arrays;

/** A GIF's first frame, found by walking the file's blocks; OpenCV 4.9 cannot read GIF. */
final class GifFrame {
  private static final int HEADER = 13;
  private static final int EXTENSION = 0x21;
  private static final int CONTROL = 0xF9;
  private static final int CONTROL_BYTES = 4;
  private static final int IMAGE = 0x2C;
  private static final int DESCRIPTOR = 9;

  /** First row and step of each pass, for interlaced and for sequential rows. */
  private static final int[][] INTERLACED = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private static final int[][] IN_ORDER = {{0, 1}};

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
   * The first frame, read up to its image descriptor.
   *
   * @throws UndecodableImageException for a GIF that ends before it, or has no frame
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
      throw GifLzw.broken("no frame where one is required");
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
      throw GifLzw.broken("a frame of " + width + " x " + height + " pixels");
    }
    if (palette.length == 0) {
      throw GifLzw.broken("no colour table");
    }
  }

  /** Reads the colour table announced by packed fields and moves past it. */
  private byte[] palette(byte packed) {
    int length = packed < 0 ? 3 << ((packed & 7) + 1) : 0;
    if (at + length > file.length) {
      throw new IndexOutOfBoundsException(file.length);
    }
    at += length;
    return Arrays.copyOfRange(file, at - length, at);
  }

  /** Moves past a chain of blocks and its empty terminator; returns the number of bytes in them. */
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

  /** The frame on a white page, which shows where the frame is transparent or does not cover it. */
  Pixels decode(ImageHeader page) throws UndecodableImageException {
    byte[] numbers = numbers();
    byte[] rgb = new byte[page.width() * page.height() * 3];
    Arrays.fill(rgb, (byte) 0xFF);
    int next = 0;
    for (int[] rows : interlaced ? INTERLACED : IN_ORDER) {
      for (int y = rows[0]; y < height; y += rows[1]) {
        int to = ((top + y) * page.width() + left) * 3;
        for (int x = 0; x < width; x++, to += 3) {
          int number = numbers[next++] & 0xFF;
          if (number != transparent) {
            System.arraycopy(palette, 3 * number, rgb, to, 3);
          }
        }
      }
    }
    return new Pixels(page.width(), page.height(), rgb);
  }

  /** In pixels; a frame that extends past the right edge widens the page, as in Pillow. */
  int pageWidth() {
    return Math.max(word(6), left + width);
  }

  /** In pixels; a frame that extends past the bottom edge lengthens the page, as in Pillow. */
  int pageHeight() {
    return Math.max(word(8), top + height);
  }

  /** The pixels' colour indices, with rows in file order. */
  private byte[] numbers() throws UndecodableImageException {
    int literal;
    byte[] codes;
    try {
      literal = file[at] & 0xFF;
      codes = joinedBlocks();
    } catch (IndexOutOfBoundsException e) {
      throw UndecodableImageException.truncated("GIF", file.length);
    }
    return new GifLzw(codes, literal, palette.length / 3).decode(width * height);
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
}
