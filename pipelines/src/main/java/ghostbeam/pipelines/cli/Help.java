package ghostbeam.pipelines.cli;

import ghostbeam.pipelines.endpoint.EndpointOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.Description;
import org.apache.commons.text.WordUtils;

/** What {@code --help} prints: all commands, or one command's flags. */
public final class Help {
  private static final int WIDTH = 100;
  private static final int MARGIN = 6;

  /** Continues a command line on the next line, as shells allow. */
  private static final String CONTINUED = " \\\n      ";

  /** A constant, since reading them from Flink's options would load half of Flink. */
  private static final String BEAM_FLAGS =
      """
      Beam's most used:
        --runner=<value>  (default FlinkRunner)
            FlinkRunner, or DirectRunner for small tests. Example: --runner=DirectRunner
        --flinkMaster=<value>  (default [local])
            host:port of a cluster; [local] is Flink in this process. Example:
            --flinkMaster=127.0.0.1:8081
        --parallelism=<value>  (default every core or slot)
            slots that work in parallel. Example: --parallelism=2
        --filesToStage=<value>  (default GhostBeam's and Beam's; the rest is in Flink's lib folder)
            jars to upload to a cluster, comma-separated. Example: --filesToStage=a.jar,b.jar
        --endpoint=<value>
            address of an S3-compatible store, such as OBS or MinIO. Example:
            --endpoint=http://127.0.0.1:9000
        --awsRegion=<value>
            region of an s3:// bucket. Example: --awsRegion=us-east-1
      """;

  private Help() {}

  /** All commands, in the order in which they are usually needed. */
  public static String overview(List<Command> all) {
    String commands =
        all.stream()
            .map(command -> String.format("  %-12s%s%n", command.typed(), command.does()))
            .collect(Collectors.joining());
    return """
        GhostBeam takes ImageNet from object storage to a checkpoint accuracy report.

        usage: ./run <command> [--flag=value ...]

        %s
        ./run <command> --help shows a command's flags and a complete command line to copy.
        Paths may be local, gs:// or s3://. Jobs run on embedded Flink with every core; with
        --runner=FlinkRunner --flinkMaster=host:8081 the same job runs on a cluster.
        Exit codes: 0 done; 1 the job failed; 2 wrong usage; 3 a quality gate failed.
        """
        .formatted(commands);
  }

  /** One command's flags in groups, its own before Beam's, and command lines to copy. */
  public static String of(Command command) {
    StringBuilder text =
        new StringBuilder(
            "./run %1$s: %2$s\n\nusage: ./run %1$s %3$s\n"
                .formatted(command.typed(), command.does(), command.arguments().shown()));
    for (String example : command.examples()) {
      String wrapped = WordUtils.wrap(example, WIDTH - MARGIN, CONTINUED, false);
      text.append("  ").append(wrapped).append('\n');
    }
    if (command.hasJob()) {
      appendGroups(text, command.job().flags());
    }
    if (command.computes()) {
      text.append(BEAM_FLAGS);
      appendGroups(text, Flag.of(EndpointOptions.class));
    }
    return text.toString();
  }

  /** Groups flags by the interface that declares them, whose description is the group's title. */
  private static void appendGroups(StringBuilder text, List<Flag> flags) {
    flags.stream()
        .filter(flag -> flag.isOurs() && !flag.hidden())
        .collect(Collectors.groupingBy(Help::title, LinkedHashMap::new, Collectors.toList()))
        .forEach((title, group) -> appendGroup(text, title, group));
  }

  private static String title(Flag flag) {
    Description description = flag.owner().getAnnotation(Description.class);
    return description == null ? "flags:" : description.value();
  }

  private static void appendGroup(StringBuilder text, String title, List<Flag> flags) {
    text.append('\n').append(title).append('\n');
    for (Flag flag : flags) {
      boolean many = flag.valueForm().length() > WIDTH / 2;
      String form = many ? "=<name>" : flag.isSwitch() ? "" : "=" + flag.valueForm();
      text.append("  --").append(flag.name()).append(form).append(remark(flag)).append('\n');
      String indent = " ".repeat(MARGIN);
      String choices = many ? "One of " + String.join(", ", flag.constants()) + ". " : "";
      String description = choices + flag.description().replace(" Required.", "");
      String wrapped = WordUtils.wrap(description, WIDTH - MARGIN, "\n" + indent, false);
      text.append(indent).append(wrapped).append('\n');
    }
  }

  /** Whether the flag is required, or its default if the description does not state it. */
  private static String remark(Flag flag) {
    if (flag.required()) {
      return "  (required)";
    }
    boolean stated = flag.fallback().isEmpty() || flag.description().contains("Default:");
    return stated ? "" : "  (default " + flag.fallback() + ")";
  }
}
