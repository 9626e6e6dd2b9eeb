package ghostbeam.pipelines;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** Starts a job, and ends with what its exit code means. */
public final class Main {
  /** The job is done. */
  static final int DONE = 0;

  /** The job failed; the last line says why. */
  static final int FAILED = 1;

  /** The command, a flag or a value cannot be; the only line says which. */
  static final int WRONG_USAGE = 2;

  /** The job is done, but its result misses a rule of {@code --gate}; the only line says which. */
  static final int GATE_FAILED = 3;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /**
   * Runs one command to its end.
   *
   * @param out for results and progress
   * @param err for what went wrong, and for what a job runs with
   * @return the exit code: 0 done, 1 failed, 2 wrong usage, 3 a quality gate failed
   */
  static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      return dispatch(Arrays.asList(args), out, err);
    } catch (UsageException e) {
      err.println("ghostbeam: " + e.getMessage());
      return WRONG_USAGE;
    }
  }

  private static int dispatch(List<String> args, PrintStream out, PrintStream err) {
    if (args.isEmpty()) {
      throw new UsageException("no command; ./run --help lists them");
    }
    String first = args.get(0);
    if (asksForHelp(first) && args.size() == 1) {
      out.print(Help.overview());
      return DONE;
    }
    Command command = Command.named(asksForHelp(first) ? args.get(1) : first);
    if (args.stream().anyMatch(Main::asksForHelp)) {
      out.print(Help.of(command));
      return DONE;
    }
    return new Run(command, out, err).start(args.subList(1, args.size()));
  }

  private static boolean asksForHelp(String arg) {
    return arg.equals("--help") || arg.equals("-h") || arg.equals("help");
  }
}
