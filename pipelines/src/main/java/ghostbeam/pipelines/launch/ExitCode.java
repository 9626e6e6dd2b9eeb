package ghostbeam.pipelines.launch;

/** Exit codes of the program; 130 and 143 are those of signals. */
public final class ExitCode {
  /** The job is done. */
  public static final int DONE = 0;

  /** The job failed; the last line says why. */
  public static final int FAILED = 1;

  /** The command, a flag or a value is invalid; the only line says which. */
  public static final int WRONG_USAGE = 2;

  /** The job is done, but its result misses a rule of {@code --gate}; the only line says which. */
  public static final int GATE_FAILED = 3;

  private ExitCode() {}
}
