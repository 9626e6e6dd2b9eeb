package ghostbeam.pipelines.demo;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The flags of the demo's steps, each said as the command line that would do the same by hand.
 *
 * @param folder what the demo fills
 * @param runner Beam's flags, which all steps share
 * @param out where command lines are said
 */
record DemoFlags(DemoFolder folder, List<String> runner, PrintStream out) {

  /** The steps run where the demo itself was told to. */
  static DemoFlags of(DemoFolder folder, DemoOptions options, PrintStream out) {
    List<String> runner = new ArrayList<>();
    runner.add("--runner=" + options.getRunner().getSimpleName());
    if (options.getRunner() == FlinkRunner.class) {
      FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
      runner.add("--flinkMaster=" + flink.getFlinkMaster());
      runner.add("--parallelism=" + flink.getParallelism());
    }
    return new DemoFlags(folder, runner, out);
  }

  <T extends PipelineOptions> T preprocess(Class<T> options, String split, int shards) {
    return say(
        options,
        "preprocess",
        path("input", folder.sample()),
        "--split=" + split,
        path("output", folder.data()),
        "--shards=" + shards);
  }

  /** A small network at the images' own scale; sizes and rates were chosen for two cores. */
  <T extends PipelineOptions> T train(Class<T> options) {
    return say(
        options,
        "train",
        path("data", folder.data()),
        path("output", folder.training()),
        "--preset=ghostnet-1x",
        "--inputSize=32",
        "--epochs=8",
        "--batchSize=64",
        "--opt=momentum",
        "--lr=0.01",
        "--lrMax=0.1",
        "--warmupEpochs=1",
        "--emaDecay=0.99",
        "--ckptSaveEpoch=2");
  }

  <T extends PipelineOptions> T evaluate(Class<T> options) {
    return say(
        options,
        "evaluate",
        path("data", folder.data()),
        path("checkpoints", folder.training().resolve("checkpoints")),
        path("output", folder.report()));
  }

  private static String path(String flag, Path path) {
    return "--" + flag + "=" + path;
  }

  private <T extends PipelineOptions> T say(Class<T> options, String command, String... flags) {
    List<String> given = List.of(flags);
    out.println("\n./run " + command + " " + String.join(" ", given));
    List<String> all = new ArrayList<>(given);
    all.addAll(runner);
    return PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).withValidation().as(options);
  }
}
