package ghostbeam.model.codec;

import java.util.Arrays;

/**
 * A colour JPEG's Y, Cb and Cr planes, the chroma planes with the file's subsampling. All are
 * padded at the right and bottom edges to whole chroma samples; a decoder's luma there is
 * meaningless.
 *
 * @param width the image's, in pixels
 * @param height the image's, in pixels
 * @param across columns of pixels that a chroma sample covers: 1 or 2
 * @param down rows of pixels that a chroma sample covers: 1 or 2
 * @param y uint8, {@link #colorHeight} · {@code down} × {@link #lumaWidth}
 * @param cb uint8, {@link #colorHeight} × {@link #colorWidth}
 * @param cr uint8, {@link #colorHeight} × {@link #colorWidth}
 */
public record Planes(int width, int height, int across, int down, byte[] y, byte[] cb, byte[] cr) {
  public Planes {
    int color = colors(width, across) * colors(height, down);
    int luma = color * across * down;
    if (y.length != luma || cb.length != color || cr.length != color) {
      throw new IllegalArgumentException(
          "%d, %d and %d samples for %d x %d pixels, a chroma sample for %d x %d of them"
              .formatted(y.length, cb.length, cr.length, width, height, across, down));
    }
  }

  /** Columns of Y, padding included. */
  public int lumaWidth() {
    return colorWidth() * across;
  }

  /** Columns of Cb and of Cr. */
  public int colorWidth() {
    return colors(width, across);
  }

  /** Rows of Cb and of Cr. */
  public int colorHeight() {
    return colors(height, down);
  }

  /**
   * Identifies equal planes, as {@link Pixels#digest} does equal pixels: over Y, Cb and Cr in this
   * order.
   */
  public String digest() {
    byte[] all = new byte[y.length + cb.length + cr.length];
    System.arraycopy(y, 0, all, 0, y.length);
    System.arraycopy(cb, 0, all, y.length, cb.length);
    System.arraycopy(cr, 0, all, y.length + cb.length, cr.length);
    return PixelDigest.of(width, height, all);
  }

  /**
   * A plane padded to whole chroma samples by repeating its last column and row.
   *
   * @param plane uint8, height × width
   */
  public static byte[] extended(
      byte[] plane, int width, int height, int extendedWidth, int extendedHeight) {
    if (width == extendedWidth && height == extendedHeight) {
      return plane;
    }
    byte[] extended = new byte[extendedWidth * extendedHeight];
    for (int row = 0; row < extendedHeight; row++) {
      int from = Math.min(row, height - 1) * width;
      int to = row * extendedWidth;
      System.arraycopy(plane, from, extended, to, width);
      Arrays.fill(extended, to + width, to + extendedWidth, plane[from + width - 1]);
    }
    return extended;
  }

  private static int colors(int pixels, int spanned) {
    return (pixels + spanned - 1) / spanned;
  }
}
