package ghostbeam.pipelines.fuzz;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** Sends to nowhere what native libraries write to standard error. */
final class SilentNatives {
  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;
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
    int kept = C.dup(STANDARD_ERROR);
    int nowhere = C.open("/dev/null", WRITE_ONLY);
    C.dup2(nowhere, STANDARD_ERROR);
    C.close(nowhere);
    try {
      work.run();
    } finally {
      C.dup2(kept, STANDARD_ERROR);
      C.close(kept);
    }
  }
}
