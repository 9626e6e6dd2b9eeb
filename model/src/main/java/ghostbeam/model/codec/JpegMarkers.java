package ghostbeam.model.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Walks a JPEG file's marker segments without decoding. */
final class JpegMarkers {
  /** More scans than any encoder writes; each makes a decoder pass over the whole image. */
  private static final int MAX_SCANS = 500;

  /**
   * The largest image in as many scans as encoders write. Empty scans take only a few bytes, so a
   * small file could have many.
   */
  private static final long MAX_SCANNED_PIXELS = 12 * ImageHeader.MAX_PIXELS;

  /** The most pixel rows in one row of MCUs: 8 rows of chroma, subsampled by 4. */
  static final int MAX_MCU_HEIGHT = 32;

  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int TEM = 0x01;
  private static final int APP0 = 0xE0;
  private static final int APP14 = 0xEE;
  private static final int APP15 = 0xEF;
  private static final int COM = 0xFE;
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

  private final byte[] file;
  private int at = 2;

  private JpegMarkers(byte[] file) {
    this.file = file;
  }

  /**
   * The frame header's size and components.
   *
   * @throws UndecodableImageException where there is none, or no codec decodes this kind
   */
  static ImageHeader header(byte[] file) throws UndecodableImageException {
    JpegMarkers markers = new JpegMarkers(file);
    for (int marker = markers.next(); marker >= 0; marker = markers.next()) {
      if (marker == SOS || marker == EOI) {
        throw new UndecodableImageException("JPEG without a frame header");
      }
      if (isFrame(marker)) {
        ImageHeader frame = frame(file, marker, markers.at);
        markers.skipSegment(marker);
        markers.requireFewScans(frame, marker);
        return frame;
      }
      markers.skipSegment(marker);
    }
    throw new UndecodableImageException("JPEG that ends before its frame header");
  }

  /**
   * Throws unless the file ends with an end-of-image marker, and what lies between its only scan
   * and that marker is sound. Decoders that stop after the last row do not see such data, others
   * fail on it; this check gives all codecs the same verdict. Where there are several scans, every
   * decoder reads them all. A file without the marker is truncated, however many rows can be
   * decoded: libjpeg fills the rest with grey and only warns.
   *
   * @throws UndecodableImageException for a file that is truncated or has unsound trailing data
   */
  static void requireSoundEnd(byte[] file) throws UndecodableImageException {
    JpegMarkers markers = new JpegMarkers(file);
    boolean afterScan = false;
    boolean oneScan = false;
    int components = 0;
    for (int marker = markers.next(); marker != EOI; marker = markers.next()) {
      if (marker < 0) {
        throw UndecodableImageException.truncated("JPEG", file.length);
      }
      if (afterScan) {
        JpegTail.requireSound(file, marker, markers.at);
      } else if (components == 0 && isFrame(marker)) {
        components = file[markers.at + 7];
        oneScan = !isProgressive(marker);
      } else if (marker == SOS && oneScan) {
        oneScan = markers.at + 2 < file.length && file[markers.at + 2] == components;
        afterScan = oneScan;
      }
      markers.skipSegment(marker);
    }
  }

  /**
   * The file with a greater height in its header, so that only its first rows of MCUs are coded.
   * The libjpeg-turbo inside OpenCV fails on progressive files with a single row of MCUs and
   * missing scans, which newer versions smooth over; with a greater height it smooths over them,
   * too.
   *
   * @param height the file's height, in pixels
   */
  static byte[] taller(byte[] file, int height) {
    byte[] taller = file.clone();
    JpegMarkers markers = new JpegMarkers(file);
    int marker = markers.next();
    while (!isFrame(marker)) {
      markers.skipSegment(marker);
      marker = markers.next();
    }
    int rows = height + MAX_MCU_HEIGHT;
    taller[markers.at + 3] = (byte) (rows >> 8);
    taller[markers.at + 4] = (byte) rows;
    return taller;
  }

  /**
   * The file without comments and application segments other than Adobe's: the JDK's reader rejects
   * files over their content, such as an incomplete colour profile.
   */
  static byte[] withoutMetadata(byte[] file) {
    ByteArrayOutputStream bare = new ByteArrayOutputStream(file.length);
    JpegMarkers markers = new JpegMarkers(file);
    int from = 0;
    for (int marker = markers.next(); marker >= 0 && marker != SOS; marker = markers.next()) {
      int start = markers.at - 2;
      markers.skipSegment(marker);
      if (marker == COM || (marker >= APP0 && marker <= APP15 && marker != APP14)) {
        bare.write(file, from, start - from);
        from = Math.min(markers.at, file.length);
      }
    }
    bare.write(file, from, file.length - from);
    return bare.toByteArray();
  }

  /** The colour transform named by the last Adobe marker before the first scan; −1 without one. */
  static int adobeTransform(byte[] file) {
    int transform = -1;
    JpegMarkers markers = new JpegMarkers(file);
    for (int marker = markers.next(); marker >= 0 && marker != SOS; marker = markers.next()) {
      int body = markers.at + 2;
      if (marker == APP14
          && body + 12 <= file.length
          && word(file, markers.at) >= 14
          && Arrays.equals(file, body, body + ADOBE.length, ADOBE, 0, ADOBE.length)) {
        transform = file[body + 11] & 0xFF;
      }
      markers.skipSegment(marker);
    }
    return transform;
  }

  private static ImageHeader frame(byte[] file, int marker, int at)
      throws UndecodableImageException {
    int precision = file[at + 2] & 0xFF;
    int height = word(file, at + 3);
    int width = word(file, at + 5);
    int components = file[at + 7] & 0xFF;
    String process = undecoded(marker);
    if (!process.isEmpty()) {
      throw new UndecodableImageException(process + ", which no codec here decodes");
    }
    if (precision != 8) {
      throw new UndecodableImageException(
          "JPEG of " + precision + "-bit samples; codecs here decode 8 bits");
    }
    if (components != 1 && components != 3 && components != 4) {
      throw new UndecodableImageException("JPEG with " + components + " components");
    }
    return ImageHeader.of("JPEG", width, height, components);
  }

  /**
   * The name of an unsupported coding process: all but Huffman or arithmetic, sequential or
   * progressive.
   */
  private static String undecoded(int marker) {
    return switch (marker) {
      case 0xC3, 0xCB -> "lossless JPEG";
      case 0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF -> "hierarchical JPEG";
      case 0xF7 -> "JPEG-LS";
      default -> "";
    };
  }

  private static boolean isProgressive(int frameMarker) {
    return frameMarker == 0xC2 || frameMarker == 0xCA;
  }

  /** SOF0 to SOF15 without DHT, JPG and DAC, which lie in that range, and JPEG-LS's SOF55. */
  private static boolean isFrame(int marker) {
    boolean other = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    return (marker >= 0xC0 && marker <= 0xCF && !other) || marker == 0xF7;
  }

  /**
   * Counts the scans after a frame header; returns early for the usual single scan of all
   * components.
   */
  private void requireFewScans(ImageHeader frame, int frameMarker)
      throws UndecodableImageException {
    int scans = 0;
    for (int marker = next(); marker >= 0 && marker != EOI; marker = next()) {
      if (marker == SOS) {
        boolean whole = at + 2 < file.length && file[at + 2] == frame.channels();
        if (scans == 0 && whole && !isProgressive(frameMarker)) {
          return;
        }
        if (++scans > MAX_SCANS) {
          throw new UndecodableImageException("JPEG of more than " + MAX_SCANS + " scans");
        }
        if ((long) frame.width() * frame.height() * scans > MAX_SCANNED_PIXELS) {
          throw new UndecodableImageException(
              String.format(
                  Locale.ROOT,
                  "JPEG of %d x %d pixels in %d scans or more, which take too long to decode",
                  frame.width(),
                  frame.height(),
                  scans));
        }
      }
      skipSegment(marker);
    }
  }

  /**
   * Moves past the next marker and returns its code, or −1 at the end of the file. Skips
   * entropy-coded data, which includes stuffed zeros and restart markers, and fill bytes before a
   * marker.
   */
  private int next() {
    while (at + 1 < file.length) {
      if (file[at++] != -1) {
        continue;
      }
      int code = file[at] & 0xFF;
      if (code != 0 && code != 0xFF && (code < 0xD0 || code > 0xD7)) {
        at++;
        return code;
      }
    }
    return -1;
  }

  private void skipSegment(int marker) {
    if (marker != SOI && marker != TEM) {
      at = at + 1 < file.length ? at + word(file, at) : file.length;
    }
  }

  private static int word(byte[] file, int at) {
    return (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF);
  }
}
