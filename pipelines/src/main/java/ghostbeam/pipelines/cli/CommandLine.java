package ghostbeam.pipelines.cli;

import ghostbeam.pipelines.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Turns a command's words into its options. Whatever is wrong with them is found here, before
 * anything starts, and told in one line; Beam's own messages speak of classes and properties.
 */
public final class CommandLine {
  private final Command command;
  private final Map<String, Flag> flags = new LinkedHashMap<>();

  private CommandLine(Command command) {
    this.command = command;
    command.job().flags().forEach(flag -> flags.put(flag.name(), flag));
    // Everyone on Flink may need Flink's flags; other runners' and stores' are left to Beam.
    Flag.of(FlinkPipelineOptions.class).forEach(flag -> flags.putIfAbsent(flag.name(), flag));
  }

  /**
   * The options that the words after a command's name say.
   *
   * @throws UsageException naming the first word that cannot be, or a flag that is missing
   */
  public static PipelineOptions parse(Command command, List<String> words) {
    return new CommandLine(command).parse(words);
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
                + " --help shows a whole command line");
      }
    }
    return parseAsBeam(checked);
  }

  private boolean isRepeatable(String name) {
    return flags.containsKey(name) && flags.get(name).isList();
  }

  /** A word that is no flag: what the command is about, or a value put after a blank. */
  private String positional(String word) {
    if (command.arguments().subject().isEmpty()) {
      throw new UsageException(
          "unexpected '" + word + "'; a flag's value is given as --flag=value");
    }
    return "--" + command.arguments().subject() + "=" + word;
  }

  /** One {@code --name=value} in the form that Beam takes. */
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

  /** A flag of Beam's other runners and file systems is let through, a misspelling is not. */
  private String checkOther(String name, String argument) {
    if (registeredNames().contains(name)) {
      Endpoint.complaint(name, argument.replaceFirst("(?s)^[^=]*=?", ""))
          .ifPresent(
              complaint -> {
                throw new UsageException(complaint);
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

  /** A flag's name, or for a word without dashes what it stands for. */
  private String called(String name) {
    return name.equals(command.arguments().subject())
        ? command.arguments().shown().replaceFirst(" \\[.*", "")
        : "--" + name;
  }

  private static String shown(Flag flag) {
    return "--" + flag.name() + "=" + flag.valueForm();
  }

  private PipelineOptions parseAsBeam(List<String> arguments) {
    // Not registered: Beam would hold all registered options to one default a flag, and jobs
    // differ.
    try {
      return PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new))
          .withValidation()
          .as(command.job().options());
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** Names of all flags that the class path's runners and file systems bring. */
  private static Set<String> registeredNames() {
    return PipelineOptionsFactory.getRegisteredOptions().stream()
        .flatMap(registered -> Flag.of(registered).stream())
        .map(Flag::name)
        .collect(Collectors.toSet());
  }
}
