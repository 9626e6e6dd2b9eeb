package ghostbeam.pipelines.cli;

import static java.util.stream.Collectors.toSet;

import ghostbeam.pipelines.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Parses a command's arguments into its options. Checks them before anything starts, with messages
 * of one line in terms of flags; Beam's own speak of classes and properties.
 */
public final class CommandLine {
  private final Command command;
  private final Map<String, Flag> flags = new LinkedHashMap<>();

  private CommandLine(Command command) {
    this.command = command;
    command.job().flags().forEach(flag -> flags.put(flag.name(), flag));
    // Flink's flags are checked here, too; those of other runners and stores are left to Beam.
    Flag.of(FlinkPipelineOptions.class).forEach(flag -> flags.putIfAbsent(flag.name(), flag));
  }

  /**
   * Parses the words after a command's name.
   *
   * @throws UsageException naming the first invalid word, or a missing flag
   */
  public static PipelineOptions parse(Command command, List<String> words) {
    return new CommandLine(command).parse(words);
  }

  /** The names of the flags that an options interface has, without Beam's. */
  public static Set<String> flags(Class<? extends PipelineOptions> options) {
    return Flag.of(options).stream().filter(Flag::isOurs).map(Flag::name).collect(toSet());
  }

  private PipelineOptions parse(List<String> words) {
    List<String> checked = new ArrayList<>();
    Set<String> given = new HashSet<>();
    for (String word : words) {
      String argument = word.startsWith("-") ? word : positional(word);
      String name = argument.replaceFirst("^--", "").replaceFirst("(?s)=.*", "");
      if (!given.add(name) && !isRepeatable(name)) {
        throw new UsageException(called(name) + " is given twice");
      }
      checked.add(check(argument));
    }
    for (Flag flag : flags.values()) {
      if (flag.required() && flag.isOurs() && !given.contains(flag.name())) {
        boolean bare = flag.name().equals(command.arguments().subject());
        throw new UsageException(
            command.typed()
                + " needs "
                + (bare ? called(flag.name()) : shown(flag))
                + "; ./run "
                + command.typed()
                + " --help shows a complete command line");
      }
    }
    return parseAsBeam(checked);
  }

  private boolean isRepeatable(String name) {
    return flags.containsKey(name) && flags.get(name).isList();
  }

  /** Turns a positional argument into its flag; refuses it if the command takes none. */
  private String positional(String word) {
    if (command.arguments().subject().isEmpty()) {
      throw new UsageException(
          "unexpected '" + word + "'; a flag's value is given as --flag=value");
    }
    return "--" + command.arguments().subject() + "=" + word;
  }

  /** Checks one {@code --name=value} and normalises it for Beam. */
  private String check(String argument) {
    if (!argument.startsWith("--")) {
      throw new UsageException("unknown flag " + argument + "; flags start with two dashes");
    }
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
    Flag flag = flags.get(name);
    if (flag == null) {
      return checkOther(name, argument);
    }
    if (equals < 0 && flag.isSwitch()) {
      return argument + "=true";
    }
    String value = equals < 0 ? "" : argument.substring(equals + 1);
    if (value.isBlank()) {
      throw new UsageException("--" + name + " needs a value: " + shown(flag));
    }
    return "--" + name + "=" + checkValue(flag, value);
  }

  /** Passes on flags of other Beam runners and file systems, but refuses misspelt ones. */
  private String checkOther(String name, String argument) {
    if (registeredNames().contains(name)) {
      Endpoint.problem(name, argument.replaceFirst("(?s)^[^=]*=?", ""))
          .ifPresent(
              problem -> {
                throw new UsageException(problem);
              });
      return argument;
    }
    List<String> ours = flags.values().stream().filter(Flag::isOurs).map(Flag::name).toList();
    String hint = Nearest.hint("--", name, ours);
    if (hint.isEmpty()) {
      hint = Nearest.hint("--", name, flags.keySet());
    }
    throw new UsageException(
        "unknown flag --" + name + hint + "; ./run " + command.typed() + " --help lists them");
  }

  private static String checkValue(Flag flag, String value) {
    try {
      return flag.checked(value);
    } catch (IllegalArgumentException e) {
      throw wrongValue(flag, value);
    }
  }

  private static UsageException wrongValue(Flag flag, String value) {
    String hint = Nearest.hint("", value, flag.constants());
    return new UsageException(
        "--" + flag.name() + " cannot be '" + value + "'; expected " + shown(flag) + hint);
  }

  /** A flag's name for messages; for a positional argument as in help. */
  private String called(String name) {
    return name.equals(command.arguments().subject())
        ? command.arguments().shown().replaceFirst(" \\[.*", "")
        : "--" + name;
  }

  private static String shown(Flag flag) {
    return "--" + flag.name() + "=" + flag.valueForm();
  }

  private PipelineOptions parseAsBeam(List<String> arguments) {
    // Not registered, since Beam allows only one default per flag over all registered options.
    try {
      return PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new))
          .withValidation()
          .as(command.job().options());
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** Names of all flags of runners and file systems on the class path. */
  private static Set<String> registeredNames() {
    return PipelineOptionsFactory.getRegisteredOptions().stream()
        .flatMap(registered -> Flag.of(registered).stream())
        .map(Flag::name)
        .collect(toSet());
  }
}
