package ghostbeam.pipelines.fuzz;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.file.Path;

/** Sends elsewhere what native libraries write to standard error. */
final class SilentNatives {
  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;
  private static final Path NOWHERE = Path.of("/dev/null");
  private static final Descriptors C = Native.load("c", Descriptors.class);

  private SilentNatives() {}

  /** The C library's file descriptors. */
  interface Descriptors extends Library {
    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);
  }

  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  static void during(Work work) throws Exception {
    during(NOWHERE, work);
  }

  /** What they write meanwhile lies in a file, which exists. */
  static void during(Path heard, Work work) throws Exception {
    int kept = C.dup(STANDARD_ERROR);
    int file = C.open(heard.toString(), WRITE_ONLY);
    C.dup2(file, STANDARD_ERROR);
    C.close(file);
    try {
      work.run();
    } finally {
      C.dup2(kept, STANDARD_ERROR);
      C.close(kept);
    }
  }
}
