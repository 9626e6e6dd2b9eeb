package ghostbeam.pipelines.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A command of {@code ./run}.
 *
 * @param typed its name on the command line
 * @param does its purpose in a few words
 * @param job what it starts; null for a command of the script
 * @param arguments what may follow its name
 * @param computes whether it processes many images, so that help shows Beam's flags
 * @param examples complete command lines to copy
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
   * @param start runs it to completion
   * @param without names of declared flags that it does not take
   */
  public record Job<T extends PipelineOptions>(
      Class<T> options, Start<T> start, Set<String> without) {
    private Job<T> without(Set<String> names) {
      return new Job<>(options, start, names);
    }

    /** The flags it takes. */
    List<Flag> flags() {
      return Flag.of(options).stream().filter(flag -> !without.contains(flag.name())).toList();
    }

    /** Runs the work with options, which may have another interface. */
    public void run(PipelineOptions given, PrintStream out) throws Exception {
      start.run(given.as(options), out);
    }
  }

  /** Runs a command with its options. */
  @FunctionalInterface
  public interface Start<T extends PipelineOptions> {
    void run(T options, PrintStream out) throws Exception;
  }

  /**
   * What may follow a command's name.
   *
   * @param shown as in help
   * @param subject the flag that a positional argument sets; empty if there is none
   */
  public record Arguments(String shown, String subject) {
    static final Arguments FLAGS = new Arguments("[--flag=value ...]", "");
  }

  public Command {
    examples = List.copyOf(examples);
  }

  /** A command that takes only flags. */
  public static <T extends PipelineOptions> Command of(
      String typed, String does, Class<T> options, Start<T> start) {
    return new Command(
        typed, does, new Job<>(options, start, Set.of()), Arguments.FLAGS, false, List.of());
  }

  /** A command that the {@code run} script handles without Java. */
  public static Command ofScript(String typed, String arguments, String does) {
    return new Command(typed, does, null, new Arguments(arguments, ""), false, List.of());
  }

  /**
   * The same command with positional arguments.
   *
   * @param shown the arguments as in help
   * @param flag the flag that they set
   */
  public Command withSubject(String shown, String flag) {
    return new Command(
        typed, does, job, new Arguments(shown + " " + arguments.shown(), flag), computes, examples);
  }

  /** The same command without some of its options' flags. */
  public Command withoutFlags(String... names) {
    return new Command(typed, does, job.without(Set.of(names)), arguments, computes, examples);
  }

  /** The same command, marked as processing many images. */
  public Command withImages() {
    return new Command(typed, does, job, arguments, true, examples);
  }

  /** The same command with complete command lines to copy. */
  public Command withExamples(String... lines) {
    return new Command(typed, does, job, arguments, computes, List.of(lines));
  }

  /**
   * The command with this name.
   *
   * @throws UsageException if there is none; suggests the nearest name
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

  /** False for a command of the script. */
  public boolean hasJob() {
    return job != null;
  }
}
