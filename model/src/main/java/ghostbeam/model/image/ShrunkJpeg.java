package ghostbeam.model.image;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.PlanarCodec;
import ghostbeam.model.codec.Planes;
import ghostbeam.model.codec.UndecodableImageException;

/**
 * A smaller JPEG made of an image.
 *
 * @param bytes the file, baseline 4:2:0
 * @param width in pixels
 * @param height in pixels
 * @param digest of the samples that were encoded: by one codec and quality, files with the same
 *     digest are the same
 */
public record ShrunkJpeg(byte[] bytes, int width, int height, String digest) {
  static ShrunkJpeg of(Pixels image, Codec codec, int quality) throws UndecodableImageException {
    Codec.checkJpegSides(image.width(), image.height());
    byte[] jpeg = codec.encodeJpeg(image, quality);
    return new ShrunkJpeg(jpeg, image.width(), image.height(), image.digest());
  }

  static ShrunkJpeg of(Planes image, PlanarCodec codec, int quality)
      throws UndecodableImageException {
    Codec.checkJpegSides(image.width(), image.height());
    byte[] jpeg = codec.encodeJpeg(image, quality);
    return new ShrunkJpeg(jpeg, image.width(), image.height(), image.digest());
  }
}
