package ghostbeam.pipelines.fuzz;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** Sends to nowhere what native libraries write to standard error, until it is closed. */
record SilentNatives(int standardError) implements AutoCloseable {
  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;
  private static final Descriptors C = Native.load("c", Descriptors.class);

  /** The C library's file descriptors. */
  interface Descriptors extends Library {
    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);
  }

  static SilentNatives begin() {
    int kept = C.dup(STANDARD_ERROR);
    int nowhere = C.open("/dev/null", WRITE_ONLY);
    C.dup2(nowhere, STANDARD_ERROR);
    C.close(nowhere);
    return new SilentNatives(kept);
  }

  @Override
  public void close() {
    C.dup2(standardError, STANDARD_ERROR);
    C.close(standardError);
  }
}
