package ghostbeam.pipelines.demo;

import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.pipelines.train.TrainOptions;
import ghostbeam.pipelines.train.TrainPipeline;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Runs preprocess, train and evaluate on the bundled sample of Fashion-MNIST. */
public final class DemoPipeline {
  private static final String[] TRAINING = {
    "--preset=ghostnet-1x",
    "--inputSize=32",
    "--epochs=10",
    "--batchSize=64",
    "--opt=momentum",
    "--lr=0.01",
    "--lrMax=0.1",
    "--warmupEpochs=1",
    "--weightDecay=1e-4",
    "--emaDecay=0.99",
    "--colorJitter=0",
    "--cropScale=0.5",
    "--cropFraction=1",
    "--ckptSaveEpoch=2",
    "--perPrintTimes=20",
  };

  private DemoPipeline() {}

  /** Runs the commands, printing each as a user would type it. */
  public static void run(DemoOptions options, PrintStream out) throws IOException {
    DemoFolder folder = DemoFolder.prepare(options.getOutput());
    Launch.prepare(options);
    String data = "--data=" + folder.data();
    for (String split : new String[] {"train", "val"}) {
      PreprocessPipeline.run(
          options(
              options,
              PreprocessOptions.class,
              out,
              "preprocess",
              "--input=" + folder.sample(),
              "--split=" + split,
              "--output=" + folder.data()),
          out);
    }
    String[] training =
        Stream.concat(Stream.of(data, "--output=" + folder.training()), Arrays.stream(TRAINING))
            .toArray(String[]::new);
    TrainPipeline.run(options(options, TrainOptions.class, out, "train", training), out);
    EvaluatePipeline.run(
        options(
            options,
            EvaluateOptions.class,
            out,
            "evaluate",
            data,
            "--checkpoints=" + folder.training(),
            "--output=" + folder.report()),
        out);
  }

  /** Prints a step's command line and parses its options; it uses the demo's runner. */
  static <T extends PipelineOptions> T options(
      DemoOptions demo, Class<T> type, PrintStream out, String command, String... flags) {
    out.printf("%n$ ./run %s %s%n", command, String.join(" ", flags));
    T options = PipelineOptionsFactory.fromArgs(flags).withValidation().as(type);
    options.setRunner(demo.getRunner());
    if (demo.getRunner() == FlinkRunner.class) {
      FlinkPipelineOptions given = demo.as(FlinkPipelineOptions.class);
      FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
      flink.setFlinkMaster(given.getFlinkMaster());
      flink.setParallelism(given.getParallelism());
      flink.setFilesToStage(given.getFilesToStage());
      flink.setFlinkConfDir(given.getFlinkConfDir());
    }
    return options;
  }
}
