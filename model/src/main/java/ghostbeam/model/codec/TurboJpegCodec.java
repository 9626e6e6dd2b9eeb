package ghostbeam.model.codec;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * JPEG by the system's libjpeg-turbo, whose pixels equal Pillow's; other formats by OpenCV.
 *
 * <p>Every call has a native handle of its own: one used before would lend the tables of its last
 * image to a file that lacks them. Making one takes microseconds.
 */
final class TurboJpegCodec implements Codec {
  @Override
  public String name() {
    return "turbojpeg";
  }

  @Override
  public Pixels decode(byte[] encoded, int denominator) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(encoded);
    Codec.checkDenominator(header, denominator);
    if (!header.format().equals("JPEG")) {
      return Codecs.openCv().decode(encoded);
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
   * Samples that the caller closes. Both they and the file are handed over off the heap: JNA copies
   * arrays there and back.
   */
  private static Memory decode(byte[] encoded, int width, int height, int samples)
      throws UndecodableImageException {
    Memory out = new Memory((long) width * height * samples);
    boolean whole = false;
    Pointer handle = made(TurboJpeg.tjInitDecompress());
    try (Memory file = copy(encoded)) {
      int code =
          TurboJpeg.tjDecompress2(
              handle,
              file,
              new NativeLong(encoded.length),
              out,
              width,
              width * samples,
              height,
              samples == 4 ? TurboJpeg.FORMAT_CMYK : TurboJpeg.FORMAT_RGB,
              0);
      if (code != 0) {
        judge(handle, encoded);
      }
      whole = true;
      return out;
    } finally {
      TurboJpeg.tjDestroy(handle);
      if (!whole) {
        out.close();
      }
    }
  }

  private static Memory copy(byte[] bytes) {
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  /**
   * Stray bytes and the like are only warned of and every decoder accepts them; ImageNet has some.
   * The handle tells its first warning only, so whether the file was cut is asked of the file.
   */
  private static void judge(Pointer handle, byte[] encoded) throws UndecodableImageException {
    if (TurboJpeg.tjGetErrorCode(handle) != TurboJpeg.WARNING) {
      throw new UndecodableImageException("broken JPEG: " + TurboJpeg.tjGetErrorStr2(handle));
    }
    if (!JpegMarkers.isComplete(encoded)) {
      throw UndecodableImageException.truncated("JPEG", encoded.length);
    }
  }

  @Override
  public byte[] encodeJpeg(Pixels image, int quality) {
    Codec.checkQuality(quality);
    PointerByReference jpeg = new PointerByReference();
    NativeLongByReference size = new NativeLongByReference();
    Pointer handle = made(TurboJpeg.tjInitCompress());
    try (Memory rgb = copy(image.rgb())) {
      int code =
          TurboJpeg.tjCompress2(
              handle,
              rgb,
              image.width(),
              image.width() * 3,
              image.height(),
              TurboJpeg.FORMAT_RGB,
              jpeg,
              size,
              TurboJpeg.SUBSAMPLING_420,
              quality,
              TurboJpeg.ACCURATE_DCT);
      if (code != 0) {
        throw new IllegalArgumentException(
            String.format(
                "cannot encode %d x %d pixels as JPEG: %s",
                image.width(), image.height(), TurboJpeg.tjGetErrorStr2(handle)));
      }
      return jpeg.getValue().getByteArray(0, size.getValue().intValue());
    } finally {
      if (jpeg.getValue() != null) {
        TurboJpeg.tjFree(jpeg.getValue());
      }
      TurboJpeg.tjDestroy(handle);
    }
  }

  private static Pointer made(Pointer handle) {
    if (handle == null) {
      throw new IllegalStateException("libturbojpeg gave no handle: out of memory");
    }
    return handle;
  }
}
