package ghostbeam.model.codec;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A TurboJPEG handle of the system's libjpeg-turbo, called through JNA by function name. Direct
 * mapping ({@code Native.register}) would leak: JNA's native part keeps the mapped class for ever,
 * and with it, on a cluster, all classes of its job.
 */
final class TurboJpeg implements AutoCloseable {
  static final int FORMAT_RGB = 0;
  static final int FORMAT_CMYK = 11;
  static final int COLORSPACE_YCBCR = 1;
  static final int SUBSAMPLING_420 = 2;
  static final int ACCURATE_DCT = 4096;
  private static final int WARNING = 0;

  /** How libjpeg's warnings begin (JWRN_ in its jerror.h); all other messages are errors. */
  private static final List<String> WARNINGS =
      List.of(
          "Corrupt JPEG data: ",
          "Inconsistent progression sequence ",
          "Invalid SOS parameters for sequential JPEG",
          "Premature end of JPEG file",
          "Unknown Adobe color transform code ",
          "Warning: unknown JFIF revision number ");

  private static final List<String> LIBRARIES = List.of("libturbojpeg.so.0", "turbojpeg");

  /** Caches the functions it has looked up. */
  private static NativeLibrary library;

  /** Why the library cannot be used; empty where it can. */
  static final Optional<String> ABSENCE = load();

  private final Pointer handle;

  private static Optional<String> load() {
    String reason = "";
    for (String name : LIBRARIES) {
      try {
        library =
            (NativeLibrary)
                OutsideJob.call(
                    NativeLibrary.class,
                    "getInstance",
                    MethodType.methodType(NativeLibrary.class, String.class),
                    name); // starts JNA's cleaner thread
        library.getFunction("tjCompressFromYUVPlanes"); // the newest one used
        return Optional.empty();
      } catch (LinkageError e) {
        reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
    }
    return Optional.of(reason);
  }

  /** A handle for one file: a reused one would keep the tables of its last file. */
  static TurboJpeg decompressor() {
    return new TurboJpeg("tjInitDecompress");
  }

  private TurboJpeg(String init) {
    this.handle = library.getFunction(init).invokePointer(new Object[0]);
    if (handle == null) {
      throw new IllegalStateException("libturbojpeg gave no handle: out of memory");
    }
  }

  /** Calls a function with this handle and the other arguments; returns 0 on success. */
  int call(String function, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = handle;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return library.getFunction(function).invokeInt(all);
  }

  private String error() {
    return library.getFunction("tjGetErrorStr2").invokeString(new Object[] {handle}, false);
  }

  /** An off-heap copy, since JNA would copy an array in both directions; the caller closes it. */
  static Memory copy(byte[] bytes) {
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  /**
   * Throws unless a failed call only warned of damage, such as stray bytes, that every decoder
   * tolerates; ImageNet has such files. The handle reports only its first warning, so the file
   * itself is checked for truncation and for markers skipped while resynchronising. For an error
   * that follows a warning, the handle still reports the warning's code, but the error's message.
   */
  void requireTolerable(byte[] encoded) throws UndecodableImageException {
    boolean warned = call("tjGetErrorCode") == WARNING;
    if (warned) {
      JpegMarkers.requireSoundEnd(encoded);
    }
    String reason = error();
    if (!warned || WARNINGS.stream().noneMatch(reason::startsWith)) {
      throw new UndecodableImageException("broken JPEG: " + reason);
    }
  }

  /** A call that compresses and stores the file's address and length; the caller frees the file. */
  interface Compression {
    int run(TurboJpeg compressor, PointerByReference jpeg, NativeLongByReference size);
  }

  /** The file that a call produces from an image of the given size. */
  static byte[] compress(int width, int height, Compression compression) {
    PointerByReference jpeg = new PointerByReference();
    NativeLongByReference size = new NativeLongByReference();
    try (TurboJpeg compressor = new TurboJpeg("tjInitCompress")) {
      if (compression.run(compressor, jpeg, size) != 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "cannot encode %d x %d pixels as JPEG: %s",
                width,
                height,
                compressor.error()));
      }
      return jpeg.getValue().getByteArray(0, size.getValue().intValue());
    } finally {
      if (jpeg.getValue() != null) {
        library.getFunction("tjFree").invokeVoid(new Object[] {jpeg.getValue()});
      }
    }
  }

  @Override
  public void close() {
    call("tjDestroy");
  }
}
