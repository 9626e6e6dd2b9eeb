package ghostbeam.model.image;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.PlanarCodec;
import ghostbeam.model.codec.Planes;
import ghostbeam.model.codec.UndecodableImageException;

/**
 * An image encoded as a JPEG, possibly after shrinking.
 *
 * @param bytes the file, baseline 4:2:0
 * @param width in pixels
 * @param height in pixels
 * @param digest of the encoded samples: with the same codec and quality, equal digests mean equal
 *     files
 */
public record EncodedJpeg(byte[] bytes, int width, int height, String digest) {
  /**
   * Encodes an image.
   *
   * @throws UndecodableImageException for an image whose sides exceed JPEG's limit
   */
  public static EncodedJpeg of(Pixels image, Codec codec, int quality)
      throws UndecodableImageException {
    Codec.checkJpegSides(image.width(), image.height());
    byte[] jpeg = codec.encodeJpeg(image, quality);
    return new EncodedJpeg(jpeg, image.width(), image.height(), image.digest());
  }

  static EncodedJpeg of(Planes image, PlanarCodec codec, int quality)
      throws UndecodableImageException {
    Codec.checkJpegSides(image.width(), image.height());
    byte[] jpeg = codec.encodeJpeg(image, quality);
    return new EncodedJpeg(jpeg, image.width(), image.height(), image.digest());
  }
}
