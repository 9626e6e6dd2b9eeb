package ghostbeam.model.codec;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.List;
import java.util.Optional;

/** The system's libjpeg-turbo through its TurboJPEG interface, mapped directly by JNA. */
final class TurboJpeg {
  static final int FORMAT_RGB = 0;
  static final int FORMAT_CMYK = 11;
  static final int SUBSAMPLING_420 = 2;
  static final int ACCURATE_DCT = 4096;
  static final int WARNING = 0;

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

  static native void tjFree(Pointer buffer);

  static native String tjGetErrorStr2(Pointer handle);

  static native int tjGetErrorCode(Pointer handle);
}
