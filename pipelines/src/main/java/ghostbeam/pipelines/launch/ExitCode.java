package ghostbeam.pipelines.launch;

/** What the program ends with where it ends by itself; 130 and 143 tell of signals. */
public final class ExitCode {
  /** The job is done. */
  public static final int DONE = 0;

  /** The job failed; the last line says why. */
  public static final int FAILED = 1;

  /** The command, a flag or a value cannot be; the only line says which. */
  public static final int WRONG_USAGE = 2;

  /** The job is done, but its result misses a rule of {@code --gate}; the only line says which. */
  public static final int GATE_FAILED = 3;

  private ExitCode() {}
}
