package ghostbeam.model.codec;

import java.util.Optional;

/**
 * Takes a JPEG to its own samples and back without a detour over RGB, for which colour is first
 * made finer and then coarser again. Thread-safe.
 */
public interface PlanarCodec {
  /**
   * Decodes to the file's own samples, and judges the file as {@link Codec#decode(byte[], int)}.
   *
   * @param denominator as of {@link Codec#decode(byte[], int)}
   * @return empty for what is no JPEG of Y, Cb and Cr, or one whose colours are coarser in an
   *     unusual way; such a file was not judged
   * @throws UndecodableImageException as by {@link Codec#decode(byte[], int)}
   */
  Optional<Planes> decode(byte[] encoded, int denominator) throws UndecodableImageException;

  /**
   * Encodes as baseline JPEG, 4:2:0.
   *
   * @param planes a colour for 2 × 2 pixels, with sides of at most {@link Codec#MAX_JPEG_SIDE}
   * @param quality 1 to 100
   */
  byte[] encodeJpeg(Planes planes, int quality);
}
