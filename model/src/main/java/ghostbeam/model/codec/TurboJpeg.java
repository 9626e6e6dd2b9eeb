package ghostbeam.model.codec;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The system's libjpeg-turbo through its TurboJPEG interface, mapped directly by JNA. */
final class TurboJpeg {
  static final int FORMAT_RGB = 0;
  static final int FORMAT_CMYK = 11;
  static final int COLORSPACE_YCBCR = 1;
  static final int SUBSAMPLING_420 = 2;
  static final int ACCURATE_DCT = 4096;
  static final int WARNING = 0;

  /** How libjpeg's warnings begin (JWRN_ in its jerror.h); all else it says ends the decoding. */
  private static final List<String> WARNINGS =
      List.of(
          "Corrupt JPEG data: ",
          "Inconsistent progression sequence ",
          "Invalid SOS parameters for sequential JPEG",
          "Premature end of JPEG file",
          "Unknown Adobe color transform code ",
          "Warning: unknown JFIF revision number ");

  private static final List<String> LIBRARIES = List.of("libturbojpeg.so.0", "turbojpeg");

  /** Why the library cannot be used; empty where it can. */
  static final Optional<String> ABSENCE = register();

  private TurboJpeg() {}

  private static Optional<String> register() {
    String reason = "";
    for (String library : LIBRARIES) {
      try {
        Native.register(TurboJpeg.class, library);
        return Optional.empty();
      } catch (LinkageError e) {
        reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
    }
    return Optional.of(reason);
  }

  static native Pointer tjInitDecompress();

  static native Pointer tjInitCompress();

  static native int tjDestroy(Pointer handle);

  static native int tjDecompress2(
      Pointer handle,
      Pointer jpeg,
      NativeLong jpegSize,
      Pointer out,
      int width,
      int pitch,
      int height,
      int pixelFormat,
      int flags);

  static native int tjCompress2(
      Pointer handle,
      Pointer pixels,
      int width,
      int pitch,
      int height,
      int pixelFormat,
      PointerByReference jpeg,
      NativeLongByReference jpegSize,
      int subsampling,
      int quality,
      int flags);

  static native int tjDecompressHeader3(
      Pointer handle,
      Pointer jpeg,
      NativeLong jpegSize,
      IntByReference width,
      IntByReference height,
      IntByReference subsampling,
      IntByReference colorspace);

  static native int tjDecompressToYUVPlanes(
      Pointer handle,
      Pointer jpeg,
      NativeLong jpegSize,
      Pointer planes,
      int width,
      Pointer strides,
      int height,
      int flags);

  static native int tjCompressFromYUVPlanes(
      Pointer handle,
      Pointer planes,
      int width,
      Pointer strides,
      int height,
      int subsampling,
      PointerByReference jpeg,
      NativeLongByReference jpegSize,
      int quality,
      int flags);

  static native void tjFree(Pointer buffer);

  static native String tjGetErrorStr2(Pointer handle);

  static native int tjGetErrorCode(Pointer handle);

  /** Off the heap, for JNA copies arrays there and back; the caller closes it. */
  static Memory copy(byte[] bytes) {
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  static Pointer made(Pointer handle) {
    if (handle == null) {
      throw new IllegalStateException("libturbojpeg gave no handle: out of memory");
    }
    return handle;
  }

  /**
   * Stray bytes and the like are only warned of and every decoder accepts them; ImageNet has some.
   * The handle tells its first warning only, so whether the file was cut is asked of the file. Of
   * an error behind a warning it still says that it was a warning, but gives the error's words.
   */
  static void judge(Pointer handle, byte[] encoded) throws UndecodableImageException {
    boolean warned = tjGetErrorCode(handle) == WARNING;
    if (warned && !JpegMarkers.isComplete(encoded)) {
      throw UndecodableImageException.truncated("JPEG", encoded.length);
    }
    String reason = tjGetErrorStr2(handle);
    if (!warned || WARNINGS.stream().noneMatch(reason::startsWith)) {
      throw new UndecodableImageException("broken JPEG: " + reason);
    }
  }

  /** What a compressor wrote, unless its code says that it failed. */
  static byte[] encoded(
      int code,
      Pointer handle,
      PointerByReference jpeg,
      NativeLongByReference size,
      int width,
      int height) {
    if (code != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "cannot encode %d x %d pixels as JPEG: %s",
              width,
              height,
              tjGetErrorStr2(handle)));
    }
    return jpeg.getValue().getByteArray(0, size.getValue().intValue());
  }

  /** Gives back what a compressor took. */
  static void free(PointerByReference jpeg) {
    if (jpeg.getValue() != null) {
      tjFree(jpeg.getValue());
    }
  }
}
