package ghostbeam.model.codec;

import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * JPEG by the system's libjpeg-turbo, whose pixels equal Pillow's; other formats by OpenCV.
 *
 * <p>Handles hold no image between calls and are kept for reuse, as many as threads ever worked at
 * once, for the life of the JVM.
 */
final class TurboJpegCodec implements Codec {
  private final Handles decompressors = new Handles(TurboJpeg::tjInitDecompress);
  private final Handles compressors = new Handles(TurboJpeg::tjInitCompress);

  @Override
  public String name() {
    return "turbojpeg";
  }

  @Override
  public Pixels decode(byte[] encoded) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(encoded);
    if (!header.format().equals("JPEG")) {
      return Codecs.openCv().decode(encoded);
    }
    int samples = header.channels() == 4 ? 4 : 3;
    byte[] out = new byte[header.width() * header.height() * samples];
    Pointer handle = decompressors.take();
    try {
      int code =
          TurboJpeg.tjDecompress2(
              handle,
              encoded,
              new NativeLong(encoded.length),
              out,
              header.width(),
              header.width() * samples,
              header.height(),
              samples == 4 ? TurboJpeg.FORMAT_CMYK : TurboJpeg.FORMAT_RGB,
              0);
      if (code != 0) {
        judge(handle, encoded);
      }
    } finally {
      decompressors.giveBack(handle);
    }
    return new Pixels(header.width(), header.height(), samples == 4 ? Cmyk.toRgb(out) : out);
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
    Pointer handle = compressors.take();
    try {
      int code =
          TurboJpeg.tjCompress2(
              handle,
              image.rgb(),
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
      compressors.giveBack(handle);
    }
  }

  /** Idle native handles of one kind; one serves one thread at a time. */
  private static final class Handles {
    private final Supplier<Pointer> create;
    private final ConcurrentLinkedQueue<Pointer> idle = new ConcurrentLinkedQueue<>();

    Handles(Supplier<Pointer> create) {
      this.create = create;
    }

    Pointer take() {
      Pointer handle = idle.poll();
      if (handle == null) {
        handle = create.get();
      }
      if (handle == null) {
        throw new IllegalStateException("libturbojpeg gave no handle: out of memory");
      }
      return handle;
    }

    void giveBack(Pointer handle) {
      idle.add(handle);
    }
  }
}
