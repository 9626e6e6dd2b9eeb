package ghostbeam.model.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An image file's format and size, read without decoding.
 *
 * @param format {@code JPEG}, {@code PNG}, {@code GIF}, {@code BMP} or {@code WEBP}
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 for grey, 3 for RGB (or a palette), 4 for CMYK; alpha is not counted
 * @param colorspace {@code Grayscale}, {@code RGB} or {@code CMYK}
 */
public record ImageHeader(String format, int width, int height, int channels, String colorspace) {
  /** Larger images are rejected as decompression bombs; the limit is Pillow's. */
  public static final long MAX_PIXELS = 178_956_970;

  /** Whether codecs can decode it at a fraction of its size: true for grey and colour JPEGs. */
  public boolean canShrink() {
    return format.equals("JPEG") && channels != 4;
  }

  /**
   * Reads a header, recognising the format by its magic bytes.
   *
   * @throws UndecodableImageException where it is not an image, of an unknown format, or too large
   */
  public static ImageHeader read(byte[] file) throws UndecodableImageException {
    if (file.length == 0) {
      throw new UndecodableImageException("empty file");
    }
    try {
      return sniff(file);
    } catch (IndexOutOfBoundsException e) {
      throw new UndecodableImageException(
          "ends within its header, after " + file.length + " bytes");
    }
  }

  private static ImageHeader sniff(byte[] file) throws UndecodableImageException {
    if (startsWith(file, 0, "\u00FF\u00D8\u00FF")) {
      return JpegMarkers.header(file);
    }
    ByteBuffer little = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (startsWith(file, 0, "\u0089PNG\r\n\u001A\n")) {
      return png(file);
    }
    if (startsWith(file, 0, "GIF87a") || startsWith(file, 0, "GIF89a")) {
      GifFrame frame = GifFrame.first(file);
      return of("GIF", frame.pageWidth(), frame.pageHeight(), 3);
    }
    if (startsWith(file, 0, "RIFF") && startsWith(file, 8, "WEBP")) {
      return webp(file, little);
    }
    if (startsWith(file, 0, "BM") && Bmp.isHeaderSize(little.getInt(14))) {
      Bmp bmp = new Bmp(file);
      return of("BMP", bmp.width(), bmp.height(), 3);
    }
    throw new UndecodableImageException("no image: neither JPEG, PNG, GIF, BMP nor WebP");
  }

  private static ImageHeader png(byte[] file) throws UndecodableImageException {
    if (startsWith(file, 12, "CgBI")) {
      throw new UndecodableImageException(
          "PNG in Apple's form (CgBI), which no codec here decodes");
    }
    ByteBuffer big = ByteBuffer.wrap(file);
    boolean grey = (big.get(25) & 2) == 0;
    if (!startsWith(file, 12, "IHDR")) {
      throw PngChunks.broken("it does not begin with IHDR");
    }
    return of(
        "PNG",
        Integer.toUnsignedLong(big.getInt(16)),
        Integer.toUnsignedLong(big.getInt(20)),
        grey ? 1 : 3);
  }

  private static ImageHeader webp(byte[] file, ByteBuffer little) throws UndecodableImageException {
    if (startsWith(file, 12, "VP8 ")) {
      return of("WEBP", little.getChar(26) & 0x3FFF, little.getChar(28) & 0x3FFF, 3);
    }
    if (startsWith(file, 12, "VP8L")) {
      int bits = little.getInt(21);
      return of("WEBP", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1, 3);
    }
    if (startsWith(file, 12, "VP8X")) {
      if ((file[20] & 2) != 0) {
        throw new UndecodableImageException("animated WebP, which no codec here decodes");
      }
      int width = (little.getInt(23) >>> 8) + 1;
      int height = (little.getInt(26) >>> 8) + 1;
      return of("WEBP", width, height, 3);
    }
    throw new UndecodableImageException("WebP of an unknown kind");
  }

  /**
   * A header with a valid size.
   *
   * @throws UndecodableImageException for an image with no pixels, or too many
   */
  static ImageHeader of(String format, long width, long height, int channels)
      throws UndecodableImageException {
    if (width < 1 || height < 1) {
      throw new UndecodableImageException(size(format, width, height));
    }
    if (width > MAX_PIXELS || height > MAX_PIXELS || width * height > MAX_PIXELS) {
      throw new UndecodableImageException(
          size(format, width, height) + ", more than the limit of " + MAX_PIXELS);
    }
    String colorspace = channels == 1 ? "Grayscale" : channels == 4 ? "CMYK" : "RGB";
    return new ImageHeader(format, (int) width, (int) height, channels, colorspace);
  }

  /** Format and size, for messages. */
  static String size(String format, long width, long height) {
    return title(format) + " of " + width + " x " + height + " pixels";
  }

  /** The format, as usually spelt. */
  String title() {
    return title(format);
  }

  private static String title(String format) {
    return format.equals("WEBP") ? "WebP" : format;
  }

  private static boolean startsWith(byte[] file, int offset, String magic) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      if (offset + i >= file.length || file[offset + i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
