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
 * A handle of the system's libjpeg-turbo, whose TurboJPEG interface JNA calls function by function.
 * A class that is mapped directly ({@code Native.register}) is held for ever by JNA's native part,
 * and with it all classes of its job on a cluster, whose JNA outlives jobs.
 */
final class TurboJpeg implements AutoCloseable {
  static final int FORMAT_RGB = 0;
  static final int FORMAT_CMYK = 11;
  static final int COLORSPACE_YCBCR = 1;
  static final int SUBSAMPLING_420 = 2;
  static final int ACCURATE_DCT = 4096;
  private static final int WARNING = 0;

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

  /** Keeps each function that was asked for once. */
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
                    name); // which starts JNA's thread that cleans up
        library.getFunction("tjCompressFromYUVPlanes"); // the latest of those that are called
        return Optional.empty();
      } catch (LinkageError e) {
        reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
    }
    return Optional.of(reason);
  }

  /** A handle for one file: one used before would lend it the tables of its last. */
  static TurboJpeg decompressor() {
    return new TurboJpeg("tjInitDecompress");
  }

  private TurboJpeg(String init) {
    this.handle = library.getFunction(init).invokePointer(new Object[0]);
    if (handle == null) {
      throw new IllegalStateException("libturbojpeg gave no handle: out of memory");
    }
  }

  /** Calls a function of this handle with its other arguments; 0 where all is well. */
  int call(String function, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = handle;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return library.getFunction(function).invokeInt(all);
  }

  private String error() {
    return library.getFunction("tjGetErrorStr2").invokeString(new Object[] {handle}, false);
  }

  /** Off the heap, for JNA copies arrays there and back; the caller closes it. */
  static Memory copy(byte[] bytes) {
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  /**
   * Stray bytes and the like are only warned of and every decoder accepts them; ImageNet has some.
   * The handle tells its first warning only, so whether the file was cut, or holds a marker that is
   * passed over on the way to a restart, is asked of the file. Of an error behind a warning it
   * still says that it was a warning, but gives the error's words.
   */
  void judge(byte[] encoded) throws UndecodableImageException {
    boolean warned = call("tjGetErrorCode") == WARNING;
    if (warned) {
      JpegMarkers.requireSoundEnd(encoded);
    }
    String reason = error();
    if (!warned || WARNINGS.stream().noneMatch(reason::startsWith)) {
      throw new UndecodableImageException("broken JPEG: " + reason);
    }
  }

  /** A call that compresses: where it puts the file's address and length is not its to free. */
  interface Compression {
    int run(TurboJpeg compressor, PointerByReference jpeg, NativeLongByReference size);
  }

  /** The file that a call makes of an image of so many pixels. */
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
