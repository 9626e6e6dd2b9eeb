package ghostbeam.model.codec;

/**
 * A decoded image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb uint8 samples, rows from the top, R, G, B interleaved (H×W×3)
 */
public record Pixels(int width, int height, byte[] rgb) {
  public Pixels {
    if (width < 1 || height < 1 || (long) width * height * 3 != rgb.length) {
      throw new IllegalArgumentException(
          rgb.length + " samples for " + width + " x " + height + " pixels");
    }
  }

  /**
   * Identifies equal images: 32 lower-case hex digits, the 128-bit XXH3 of the samples with height
   * · 2³² + width as its seed. Not collision-resistant against deliberate attacks.
   */
  public String digest() {
    return PixelDigest.of(width, height, rgb);
  }

  /** A part of this image, copied. */
  public Pixels crop(int left, int top, int cropWidth, int cropHeight) {
    if (cropWidth == width && cropHeight == height) {
      return this;
    }
    byte[] part = new byte[cropWidth * cropHeight * 3];
    for (int y = 0; y < cropHeight; y++) {
      System.arraycopy(rgb, ((top + y) * width + left) * 3, part, y * cropWidth * 3, cropWidth * 3);
    }
    return new Pixels(cropWidth, cropHeight, part);
  }

  /** This image flipped horizontally. */
  public Pixels flipped() {
    byte[] mirror = new byte[rgb.length];
    int stride = width * 3;
    for (int row = 0; row < rgb.length; row += stride) {
      for (int x = 0; x < stride; x += 3) {
        int from = row + x;
        int to = row + stride - 3 - x;
        mirror[to] = rgb[from];
        mirror[to + 1] = rgb[from + 1];
        mirror[to + 2] = rgb[from + 2];
      }
    }
    return new Pixels(width, height, mirror);
  }
}
