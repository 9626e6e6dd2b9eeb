package ghostbeam.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.pipelines.launch.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Commands that a user types one after another, without a process's start for each. */
public final class Session {
  /** The word behind each command of {@link #main}. */
  public static final String THEN = ";";

  private Session() {}

  /** Runs commands in this process, all of which must end well. */
  public static void run(List<List<String>> commands) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, UTF_8);
    if (run(commands, out) != ExitCode.DONE) {
      throw new AssertionError(said.toString(UTF_8));
    }
  }

  private static int run(List<List<String>> commands, PrintStream out) {
    int code = ExitCode.DONE;
    for (int i = 0; i < commands.size() && code == ExitCode.DONE; i++) {
      code = Main.run(commands.get(i).toArray(String[]::new), out, out);
    }
    return code;
  }

  /** Runs commands that end in {@link #THEN} until one fails; ends with its exit code. */
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
