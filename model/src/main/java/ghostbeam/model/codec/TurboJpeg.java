package ghostbeam.model.codec;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The system's libjpeg-turbo through its TurboJPEG interface, called by JNA function by function. A
 * class that is mapped directly ({@code Native.register}) is held for ever by JNA's native part,
 * and with it all classes of its job on a cluster, whose JNA outlives jobs.
 */
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

  private static final Map<String, Function> FUNCTIONS = new HashMap<>();

  /** Why the library cannot be used; empty where it can. */
  static final Optional<String> ABSENCE = load();

  private TurboJpeg() {}

  private static Optional<String> load() {
    String reason = "";
    for (String name : LIBRARIES) {
      try {
        NativeLibrary library =
            (NativeLibrary)
                OutsideJob.call(
                    NativeLibrary.class,
                    "getInstance",
                    MethodType.methodType(NativeLibrary.class, String.class),
                    name); // which starts JNA's thread that cleans up
        for (String function :
            List.of(
                "tjInitDecompress",
                "tjInitCompress",
                "tjDestroy",
                "tjDecompress2",
                "tjCompress2",
                "tjDecompressHeader3",
                "tjDecompressToYUVPlanes",
                "tjCompressFromYUVPlanes",
                "tjFree",
                "tjGetErrorStr2",
                "tjGetErrorCode")) {
          FUNCTIONS.put(function, library.getFunction(function));
        }
        return Optional.empty();
      } catch (LinkageError e) {
        reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
    }
    return Optional.of(reason);
  }

  private static int call(String function, Object... arguments) {
    return FUNCTIONS.get(function).invokeInt(arguments);
  }

  static Pointer tjInitDecompress() {
    return FUNCTIONS.get("tjInitDecompress").invokePointer(new Object[0]);
  }

  static Pointer tjInitCompress() {
    return FUNCTIONS.get("tjInitCompress").invokePointer(new Object[0]);
  }

  static int tjDestroy(Pointer handle) {
    return call("tjDestroy", handle);
  }

  static int tjDecompress2(
      Pointer handle,
      Pointer jpeg,
      NativeLong jpegSize,
      Pointer out,
      int width,
      int pitch,
      int height,
      int pixelFormat,
      int flags) {
    return call(
        "tjDecompress2", handle, jpeg, jpegSize, out, width, pitch, height, pixelFormat, flags);
  }

  static int tjCompress2(
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
      int flags) {
    return call(
        "tjCompress2",
        handle,
        pixels,
        width,
        pitch,
        height,
        pixelFormat,
        jpeg,
        jpegSize,
        subsampling,
        quality,
        flags);
  }

  static int tjDecompressHeader3(
      Pointer handle,
      Pointer jpeg,
      NativeLong jpegSize,
      IntByReference width,
      IntByReference height,
      IntByReference subsampling,
      IntByReference colorspace) {
    return call(
        "tjDecompressHeader3", handle, jpeg, jpegSize, width, height, subsampling, colorspace);
  }

  static int tjDecompressToYUVPlanes(
      Pointer handle,
      Pointer jpeg,
      NativeLong jpegSize,
      Pointer planes,
      int width,
      Pointer strides,
      int height,
      int flags) {
    return call(
        "tjDecompressToYUVPlanes", handle, jpeg, jpegSize, planes, width, strides, height, flags);
  }

  static int tjCompressFromYUVPlanes(
      Pointer handle,
      Pointer planes,
      int width,
      Pointer strides,
      int height,
      int subsampling,
      PointerByReference jpeg,
      NativeLongByReference jpegSize,
      int quality,
      int flags) {
    return call(
        "tjCompressFromYUVPlanes",
        handle,
        planes,
        width,
        strides,
        height,
        subsampling,
        jpeg,
        jpegSize,
        quality,
        flags);
  }

  static void tjFree(Pointer buffer) {
    FUNCTIONS.get("tjFree").invokeVoid(new Object[] {buffer});
  }

  static String tjGetErrorStr2(Pointer handle) {
    return FUNCTIONS.get("tjGetErrorStr2").invokeString(new Object[] {handle}, false);
  }

  static int tjGetErrorCode(Pointer handle) {
    return call("tjGetErrorCode", handle);
  }

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
