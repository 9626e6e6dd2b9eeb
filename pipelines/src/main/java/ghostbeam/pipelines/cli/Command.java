package ghostbeam.pipelines.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * One thing that {@code ./run} can do.
 *
 * @param typed its name on the command line
 * @param does what it is for, in a few words
 * @param job what it starts
 * @param arguments what may follow its name
 * @param computes whether it works on many images, so that speed matters and Beam's flags help
 * @param examples whole command lines to copy
 */
public record Command(
    String typed,
    String does,
    Job<?> job,
    Arguments arguments,
    boolean computes,
    List<String> examples) {

  /**
   * A command's work.
   *
   * @param options declares its flags
   * @param start does it and returns when it is done
   * @param without names of flags that it has no use for, though the options declare them
   */
  public record Job<T extends PipelineOptions>(
      Class<T> options, Start<T> start, Set<String> without) {
    private Job<T> without(Set<String> names) {
      return new Job<>(options, start, names);
    }

    /** The flags that may be given. */
    List<Flag> flags() {
      return Flag.of(options).stream().filter(flag -> !without.contains(flag.name())).toList();
    }

    /** Starts the work with options that may be declared elsewhere. */
    public void run(PipelineOptions given, PrintStream out) throws Exception {
      start.run(given.as(options), out);
    }
  }

  /** What a command does with its flags. */
  @FunctionalInterface
  public interface Start<T extends PipelineOptions> {
    void run(T options, PrintStream out) throws Exception;
  }

  /**
   * What may follow a command's name.
   *
   * @param shown as help writes it
   * @param subject the flag that a word without dashes stands for; empty where there is none
   */
  public record Arguments(String shown, String subject) {
    static final Arguments FLAGS = new Arguments("[--flag=value ...]", "");
  }

  public Command {
    examples = List.copyOf(examples);
  }

  /** A command that takes flags alone. */
  public static <T extends PipelineOptions> Command of(
      String typed, String does, Class<T> options, Start<T> start) {
    return new Command(
        typed, does, new Job<>(options, start, Set.of()), Arguments.FLAGS, false, List.of());
  }

  /** A command that the script runs without Java. */
  public static Command ofScript(String typed, String arguments, String does) {
    return new Command(typed, does, null, new Arguments(arguments, ""), false, List.of());
  }

  /**
   * The same command, which also takes words without dashes.
   *
   * @param shown as help writes what follows the command's name
   * @param flag what such a word stands for
   */
  public Command withSubject(String shown, String flag) {
    return new Command(
        typed, does, job, new Arguments(shown + " " + arguments.shown(), flag), computes, examples);
  }

  /** The same command, which does not take some of its options' flags. */
  public Command withoutFlags(String... names) {
    return new Command(typed, does, job.without(Set.of(names)), arguments, computes, examples);
  }

  /** The same command, known to work on many images. */
  public Command withImages() {
    return new Command(typed, does, job, arguments, true, examples);
  }

  /** The same command with whole command lines to copy. */
  public Command withExamples(String... lines) {
    return new Command(typed, does, job, arguments, computes, List.of(lines));
  }

  /**
   * The command of a name.
   *
   * @throws UsageException if there is none, with the nearest name
   */
  public static Command named(String typed, List<Command> commands) {
    return commands.stream()
        .filter(command -> command.typed().equals(typed))
        .findFirst()
        .orElseThrow(() -> unknown(typed, commands));
  }

  private static UsageException unknown(String typed, List<Command> commands) {
    List<String> names = commands.stream().map(Command::typed).toList();
    String hint = Nearest.hint("", typed, names);
    return new UsageException(
        "unknown command '" + typed + "'" + hint + "; ./run --help lists them");
  }

  /** Whether Java runs it. */
  public boolean hasJob() {
    return job != null;
  }
}
