package ghostbeam.model.gang;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.Buffer;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * XGBoost's collective, through its C interface: unlike its Java one it broadcasts, takes float64
 * and works in place. A communicator belongs to the thread that opened it.
 */
interface Rabit extends Library {
  /** Its data types. */
  int FLOAT32 = 1;

  int FLOAT64 = 2;

  /** Its only operation that is used here. */
  int SUM = 2;

  /** Receives what the library would print. */
  interface Log extends Callback {
    void line(String text);
  }

  int XGCommunicatorInit(String config);

  int XGCommunicatorFinalize();

  int XGCommunicatorAllreduce(Buffer values, long count, int type, int operation);

  int XGCommunicatorBroadcast(Buffer values, long bytes, int root);

  int XGTrackerCreate(String config, PointerByReference tracker);

  int XGTrackerRun(Pointer tracker, String config);

  int XGTrackerWorkerArgs(Pointer tracker, PointerByReference json);

  int XGTrackerFree(Pointer tracker);

  int XGBRegisterLogCallback(Log log);

  String XGBGetLastError();

  /** The library, loaded once. */
  static Rabit library() {
    return Loaded.LIBRARY;
  }

  /** Makes the calling thread's messages debug messages of our log. */
  default void logQuietly() {
    XGBRegisterLogCallback(Loaded.QUIET);
  }

  /** The cause within the last error's many lines. */
  default String lastCause() {
    String cause = "no cause given";
    for (String line : XGBGetLastError().lines().toList()) {
      int end = line.indexOf("]: ");
      if (line.startsWith("- [") && end > 0) {
        cause = line.substring(end + 3);
      }
    }
    return cause;
  }

  /** Holds what must live as long as the process. */
  final class Loaded {
    private static final Logger LOG = LoggerFactory.getLogger(Rabit.class);
    private static final String RESOURCE = "/lib/linux/x86_64/libxgboost4j.so";

    /** dlopen's RTLD_NOW, without RTLD_GLOBAL. */
    private static final int BIND_NOW_LOCALLY = 2;

    private static final Rabit LIBRARY = load();
    private static final Log QUIET = text -> LOG.debug("{}", text.strip());

    private Loaded() {}

    private static Rabit load() {
      try {
        File file = Native.extractFromResourcePath(RESOURCE, Rabit.class.getClassLoader());
        // Bound at once, and its names kept to itself: PyTorch's libraries must not find theirs in
        // it.
        Map<String, Object> options = Map.of(Library.OPTION_OPEN_FLAGS, BIND_NOW_LOCALLY);
        Rabit library = Native.load(file.getPath(), Rabit.class, options);
        // It is mapped; its name is needed no more.
        if (!file.delete()) {
          LOG.debug("{} stays", file);
        }
        return library;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
