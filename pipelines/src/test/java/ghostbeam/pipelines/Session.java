package ghostbeam.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.pipelines.launch.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Commands that a user types one after another, run in one process. */
public final class Session {
  /** The word behind each command of {@link #main}. */
  public static final String THEN = ";";

  /** The word before a command that must fail, as in a shell. */
  public static final String NOT = "!";

  private Session() {}

  /** Runs commands in this process; each must end as expected. */
  public static void run(List<List<String>> commands) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, UTF_8);
    if (run(commands, out) != ExitCode.DONE) {
      throw new AssertionError(said.toString(UTF_8));
    }
  }

  private static int run(List<List<String>> commands, PrintStream out) {
    for (List<String> command : commands) {
      boolean fails = command.get(0).equals(NOT);
      String[] words = command.stream().skip(fails ? 1 : 0).toArray(String[]::new);
      int code = Main.run(words, out, out);
      if (code != (fails ? ExitCode.FAILED : ExitCode.DONE)) {
        return fails ? ExitCode.FAILED : code;
      }
    }
    return ExitCode.DONE;
  }

  /**
   * Runs commands that end in {@link #THEN} until one ends unexpectedly; exits with its exit code,
   * or that of a failure.
   */
  public static void main(String[] arguments) {
    List<List<String>> commands = new ArrayList<>();
    List<String> command = new ArrayList<>();
    for (String word : arguments) {
      if (word.equals(THEN)) {
        commands.add(command);
        command = new ArrayList<>();
      } else {
        command.add(word);
      }
    }
    System.exit(run(commands, System.out));
  }
}
