package ghostbeam.model.codec;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.util.Optional;

/**
 * Decodes JPEG with the system's libjpeg-turbo, pixel for pixel like Pillow; other formats with
 * {@link OpenCvCodec}. Every call creates its own native handle, which takes microseconds.
 */
final class TurboJpegCodec implements Codec {
  private static final PlanarCodec PLANES = new TurboJpegPlanes();

  @Override
  public String name() {
    return "turbojpeg";
  }

  @Override
  public Optional<PlanarCodec> planar() {
    return Optional.of(PLANES);
  }

  @Override
  public Pixels decode(byte[] encoded, int denominator) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(encoded);
    Codec.checkDenominator(header, denominator);
    if (!header.format().equals("JPEG")) {
      return new OpenCvCodec().decode(encoded);
    }
    int width = (header.width() + denominator - 1) / denominator;
    int height = (header.height() + denominator - 1) / denominator;
    int samples = header.channels() == 4 ? 4 : 3;
    try (Memory out = decode(encoded, width, height, samples)) {
      byte[] pixels = out.getByteArray(0, width * height * samples);
      return new Pixels(width, height, samples == 4 ? Cmyk.toRgb(pixels, encoded) : pixels);
    }
  }

  /**
   * The samples, which the caller closes. Both they and the file are off the heap, since JNA would
   * copy arrays in both directions.
   */
  private static Memory decode(byte[] encoded, int width, int height, int samples)
      throws UndecodableImageException {
    Memory out = new Memory((long) width * height * samples);
    boolean whole = false;
    try (TurboJpeg decompressor = TurboJpeg.decompressor();
        Memory file = TurboJpeg.copy(encoded)) {
      int code =
          decompressor.call(
              "tjDecompress2",
              file,
              new NativeLong(encoded.length),
              out,
              width,
              width * samples,
              height,
              samples == 4 ? TurboJpeg.FORMAT_CMYK : TurboJpeg.FORMAT_RGB,
              0);
      if (code != 0) {
        decompressor.requireTolerable(encoded);
      }
      whole = true;
      return out;
    } finally {
      if (!whole) {
        out.close();
      }
    }
  }

  @Override
  public byte[] encodeJpeg(Pixels image, int quality) {
    Codec.checkQuality(quality);
    try (Memory rgb = TurboJpeg.copy(image.rgb())) {
      return TurboJpeg.compress(
          image.width(),
          image.height(),
          (compressor, jpeg, size) ->
              compressor.call(
                  "tjCompress2",
                  rgb,
                  image.width(),
                  image.width() * 3,
                  image.height(),
                  TurboJpeg.FORMAT_RGB,
                  jpeg,
                  size,
                  TurboJpeg.SUBSAMPLING_420,
                  quality,
                  TurboJpeg.ACCURATE_DCT));
    }
  }
}
