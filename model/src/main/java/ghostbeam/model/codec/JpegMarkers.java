package ghostbeam.model.codec;

/** A JPEG file's marker segments, walked without decoding. */
final class JpegMarkers {
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int TEM = 0x01;

  private final byte[] file;
  private int at = 2;

  private JpegMarkers(byte[] file) {
    this.file = file;
  }

  /** The frame header's size and components. */
  static ImageHeader header(byte[] file) throws UndecodableImageException {
    JpegMarkers markers = new JpegMarkers(file);
    for (int marker = markers.next(); marker >= 0; marker = markers.next()) {
      if (marker == SOS || marker == EOI) {
        throw new UndecodableImageException("JPEG without a frame header");
      }
      if (isFrame(marker)) {
        return frame(file, markers.at);
      }
      markers.skipSegment(marker);
    }
    throw new UndecodableImageException("JPEG that ends before its frame header");
  }

  /**
   * True where the file runs to an end-of-image marker. One that does not is truncated, however
   * many rows decode: libjpeg fills the rest with grey and only warns.
   */
  static boolean isComplete(byte[] file) {
    JpegMarkers markers = new JpegMarkers(file);
    for (int marker = markers.next(); marker >= 0; marker = markers.next()) {
      if (marker == EOI) {
        return true;
      }
      markers.skipSegment(marker);
    }
    return false;
  }

  private static ImageHeader frame(byte[] file, int at) throws UndecodableImageException {
    int height = word(file, at + 3);
    int width = word(file, at + 5);
    int components = file[at + 7];
    if (components != 1 && components != 3 && components != 4) {
      throw new UndecodableImageException("JPEG with " + components + " components");
    }
    return ImageHeader.of("JPEG", width, height, components);
  }

  /** SOF0 to SOF15 without DHT, JPG and DAC, which share their range. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /**
   * Moves behind the next marker and returns its code, or −1 at the file's end. Entropy-coded data
   * on the way is passed over: stuffed zeros and restart markers belong to it, fill bytes may
   * precede a marker.
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
