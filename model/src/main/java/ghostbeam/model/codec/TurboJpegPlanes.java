package ghostbeam.model.codec;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.util.Optional;

/** Planes by the system's libjpeg-turbo; each call creates its own handle. */
final class TurboJpegPlanes implements PlanarCodec {
  /**
   * Columns and rows covered by a chroma sample, by TurboJPEG's subsampling number; grey has none.
   * 4:1:1 is left out, since its chroma would have to be upsampled.
   */
  private static final int[][] SPANS = {{1, 1}, {2, 1}, {2, 2}, {}, {1, 2}};

  private static final int GREY = 3;

  @Override
  public Optional<Planes> decode(byte[] encoded, int denominator) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(encoded);
    Codec.checkDenominator(header, denominator);
    if (!header.format().equals("JPEG") || header.channels() != 3) {
      return Optional.empty();
    }
    try (TurboJpeg decompressor = TurboJpeg.decompressor();
        Memory file = TurboJpeg.copy(encoded)) {
      int subsampling = subsampling(decompressor, file, encoded.length, header);
      if (subsampling < 0) {
        return Optional.empty();
      }
      int[] spans = SPANS[subsampling];
      int width = (header.width() + denominator - 1) / denominator;
      int height = (header.height() + denominator - 1) / denominator;
      return Optional.of(decode(decompressor, file, encoded, width, height, spans[0], spans[1]));
    }
  }

  /** −1 where the file's components are not Y, Cb and Cr, or its header cannot be read. */
  private static int subsampling(
      TurboJpeg decompressor, Memory file, int length, ImageHeader header) {
    IntByReference width = new IntByReference();
    IntByReference height = new IntByReference();
    IntByReference subsampling = new IntByReference();
    IntByReference colorspace = new IntByReference();
    int code =
        decompressor.call(
            "tjDecompressHeader3",
            file,
            new NativeLong(length),
            width,
            height,
            subsampling,
            colorspace);
    int kind = subsampling.getValue();
    boolean usable =
        code == 0
            && width.getValue() == header.width()
            && height.getValue() == header.height()
            && colorspace.getValue() == TurboJpeg.COLORSPACE_YCBCR
            && kind >= 0
            && kind < SPANS.length
            && kind != GREY;
    return usable ? kind : -1;
  }

  private static Planes decode(
      TurboJpeg decompressor,
      Memory file,
      byte[] encoded,
      int width,
      int height,
      int across,
      int down)
      throws UndecodableImageException {
    int colors = (width + across - 1) / across * ((height + down - 1) / down);
    int luma = colors * across * down;
    try (Memory out = new Memory(luma + 2L * colors);
        Memory planes = addresses(out, luma, colors)) {
      int code =
          decompressor.call(
              "tjDecompressToYUVPlanes",
              file,
              new NativeLong(encoded.length),
              planes,
              width,
              Pointer.NULL,
              height,
              0);
      if (code != 0) {
        decompressor.requireTolerable(encoded);
      }
      return new Planes(
          width,
          height,
          across,
          down,
          out.getByteArray(0, luma),
          out.getByteArray(luma, colors),
          out.getByteArray(luma + (long) colors, colors));
    }
  }

  /** The addresses of three contiguous planes. */
  private static Memory addresses(Memory planes, int luma, int colors) {
    Memory addresses = new Memory(3L * Native.POINTER_SIZE);
    addresses.setPointer(0, planes);
    addresses.setPointer(Native.POINTER_SIZE, planes.share(luma));
    addresses.setPointer(2L * Native.POINTER_SIZE, planes.share(luma + (long) colors));
    return addresses;
  }

  @Override
  public byte[] encodeJpeg(Planes image, int quality) {
    Codec.checkQuality(quality);
    if (image.across() != 2 || image.down() != 2) {
      throw new IllegalArgumentException(
          "a chroma sample for %d x %d pixels, expected 2 x 2"
              .formatted(image.across(), image.down()));
    }
    int luma = image.y().length;
    int colors = image.cb().length;
    try (Memory samples = new Memory(luma + 2L * colors);
        Memory planes = addresses(samples, luma, colors)) {
      samples.write(0, image.y(), 0, luma);
      samples.write(luma, image.cb(), 0, colors);
      samples.write(luma + (long) colors, image.cr(), 0, colors);
      return TurboJpeg.compress(
          image.width(),
          image.height(),
          (compressor, jpeg, size) ->
              compressor.call(
                  "tjCompressFromYUVPlanes",
                  planes,
                  image.width(),
                  Pointer.NULL,
                  image.height(),
                  TurboJpeg.SUBSAMPLING_420,
                  jpeg,
                  size,
                  quality,
                  TurboJpeg.ACCURATE_DCT));
    }
  }
}
