package ghostbeam.pipelines;

import ghostbeam.pipelines.demo.DemoOptions;
import ghostbeam.pipelines.demo.DemoPipeline;
import ghostbeam.pipelines.inspect.InspectJob;
import ghostbeam.pipelines.inspect.InspectOptions;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.options.PipelineOptions;

/** What {@code ./run} can do, in the order one needs it. */
enum Command {
  DEMO(
      "preprocess, train, evaluate and report on the bundled real images",
      DemoOptions.class,
      (options, out) -> DemoPipeline.run(options.as(DemoOptions.class), out),
      "./run demo",
      "./run demo --output=/tmp/ghostbeam-demo"),
  INSPECT(
      "say what a dataset, shard, checkpoint or preset is",
      InspectOptions.class,
      (options, out) -> InspectJob.run(options.as(InspectOptions.class), out),
      "./run inspect ghostbeam-demo/data",
      "./run inspect ghostbeam-demo/training/checkpoints/best.safetensors",
      "./run inspect ghostnet-1x --json"),
  TEST("run the whole test suite", null, null, "./run test", "./run test -pl model -am");

  /** What a command starts; it returns when the work is done. */
  @FunctionalInterface
  interface Job {
    void run(PipelineOptions options, PrintStream out) throws Exception;
  }

  final String does;

  /** What its flags are; null for {@code test}, which {@code run} itself does. */
  final Class<? extends PipelineOptions> options;

  final Job job;

  /** Whole command lines to copy. */
  final List<String> examples;

  Command(
      String does, Class<? extends PipelineOptions> options, Job job, String... examples) {
    this.does = does;
    this.options = options;
    this.job = job;
    this.examples = List.of(examples);
  }

  /** As a user types it. */
  String typed() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True for what computes on many images, as opposed to what only reads results. */
  boolean computes() {
    return this == DEMO;
  }

  /** Takes one word beside its flags, which becomes the flag of this name; null where none. */
  String positional() {
    return this == INSPECT ? "what" : null;
  }

  /** What comes after {@code ./run }. */
  String usage() {
    if (this == TEST) {
      return "test [Maven's arguments]";
    }
    return typed() + (this == INSPECT ? " <path or preset>" : "") + " [--flag=value ...]";
  }

  static Command named(String typed) {
    List<String> names = Arrays.stream(values()).map(Command::typed).toList();
    int found = names.indexOf(typed);
    if (found < 0) {
      throw new UsageException(
          "unknown command '" + typed + "'" + Nearest.hint("", typed, names)
              + "; ./run --help lists them");
    }
    return values()[found];
  }
}
