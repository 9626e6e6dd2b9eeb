package ghostbeam.model.codec;

/** Conversions of four-component JPEG samples (CMYK and YCCK). */
final class Cmyk {
  private Cmyk() {}

  /** Converts Y, Cb, Cr, K to C, M, Y, K in place, as libjpeg does, where the file holds YCCK. */
  static byte[] ofYcck(byte[] samples, byte[] file) {
    if (JpegMarkers.adobeTransform(file) <= 0) {
      return samples;
    }
    for (int i = 0; i < samples.length; i += 4) {
      int luma = samples[i] & 0xFF;
      int blue = (samples[i + 1] & 0xFF) - 128;
      int red = (samples[i + 2] & 0xFF) - 128;
      samples[i] = rest(luma + fixed(1.402 * red));
      samples[i + 1] = rest(luma + fixed(-0.344136286 * blue - 0.714136286 * red));
      samples[i + 2] = rest(luma + fixed(1.772 * blue));
    }
    return samples;
  }

  private static int fixed(double level) {
    return (int) Math.floor(level + 0.5);
  }

  private static byte rest(int level) {
    return (byte) (255 - Math.max(0, Math.min(255, level)));
  }

  /**
   * Converts to RGB as Pillow does: the light that K leaves, less what each coloured ink absorbs of
   * it. In files with Adobe's marker, 255 means no ink, by Adobe's convention; without it 0 does,
   * by the standard and as in TensorFlow.
   *
   * @param samples C, M, Y, K interleaved, as in the file; overwritten
   * @param file the JPEG
   */
  static byte[] toRgb(byte[] samples, byte[] file) {
    if (JpegMarkers.adobeTransform(file) < 0) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (byte) ~samples[i];
      }
    }
    byte[] rgb = new byte[samples.length / 4 * 3];
    for (int in = 0, out = 0; in < samples.length; in += 4) {
      int left = samples[in + 3] & 0xFF;
      for (int c = 0; c < 3; c++) {
        int ink = 255 - (samples[in + c] & 0xFF);
        int product = ink * left + 128;
        rgb[out++] = (byte) (left - (((product >> 8) + product) >> 8));
      }
    }
    return rgb;
  }
}
