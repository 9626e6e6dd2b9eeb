package ghostbeam.model.codec;

import java.util.Optional;

/**
 * Decodes a JPEG to its Y, Cb and Cr planes and encodes these, without converting to RGB, which
 * would upsample chroma and then subsample it again. Thread-safe.
 */
public interface PlanarCodec {
  /**
   * Decodes to the file's own planes, with the same checks as {@link Codec#decode(byte[], int)}.
   *
   * @param denominator as for {@link Codec#decode(byte[], int)}
   * @return empty where the file is not a JPEG with Y, Cb and Cr, or has an unsupported chroma
   *     subsampling; such a file has not been checked
   * @throws UndecodableImageException as {@link Codec#decode(byte[], int)} does
   */
  Optional<Planes> decode(byte[] encoded, int denominator) throws UndecodableImageException;

  /**
   * Encodes as baseline JPEG, 4:2:0.
   *
   * @param planes with one chroma sample for 2 × 2 pixels and sides of at most {@link
   *     Codec#MAX_JPEG_SIDE}
   * @param quality 1 to 100
   */
  byte[] encodeJpeg(Planes planes, int quality);
}
