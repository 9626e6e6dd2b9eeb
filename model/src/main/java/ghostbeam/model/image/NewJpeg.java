package ghostbeam.model.image;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.PlanarCodec;
import ghostbeam.model.codec.Planes;
import ghostbeam.model.codec.UndecodableImageException;

/**
 * A JPEG made of an image, which may have been shrunk.
 *
 * @param bytes the file, baseline 4:2:0
 * @param width in pixels
 * @param height in pixels
 * @param digest of the samples that were encoded: by one codec and quality, files with the same
 *     digest are the same
 */
public record NewJpeg(byte[] bytes, int width, int height, String digest) {
  /**
   * Encodes an image.
   *
   * @throws UndecodableImageException for one too long for a JPEG
   */
  public static NewJpeg of(Pixels image, Codec codec, int quality)
      throws UndecodableImageException {
    Codec.checkJpegSides(image.width(), image.height());
    byte[] jpeg = codec.encodeJpeg(image, quality);
    return new NewJpeg(jpeg, image.width(), image.height(), image.digest());
  }

  static NewJpeg of(Planes image, PlanarCodec codec, int quality) throws UndecodableImageException {
    Codec.checkJpegSides(image.width(), image.height());
    byte[] jpeg = codec.encodeJpeg(image, quality);
    return new NewJpeg(jpeg, image.width(), image.height(), image.digest());
  }
}
