package ghostbeam.model.codec;

/** CMYK as JPEG files hold it, by Adobe's custom inverted: 255 is no ink. */
final class Cmyk {
  private Cmyk() {}

  /** To RGB as Pillow does: what ink K leaves, less what each colour's ink takes of it. */
  static byte[] toRgb(byte[] inverted) {
    byte[] rgb = new byte[inverted.length / 4 * 3];
    for (int in = 0, out = 0; in < inverted.length; in += 4) {
      int left = inverted[in + 3] & 0xFF;
      for (int c = 0; c < 3; c++) {
        int ink = 255 - (inverted[in + c] & 0xFF);
        int product = ink * left + 128;
        rgb[out++] = (byte) (left - (((product >> 8) + product) >> 8));
      }
    }
    return rgb;
  }
}
