package ghostbeam.pipelines.demo;

import ghostbeam.pipelines.Launch;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.IOException;
import java.io.PrintStream;

/** Preprocess, train, evaluate and report, on the bundled sample of Fashion-MNIST. */
public final class DemoPipeline {
  private static final int TRAIN_SHARDS = 8;
  private static final int VAL_SHARDS = 4;

  private DemoPipeline() {}

  /**
   * Runs the chain in one folder; prints each step's command line, the scores and where their
   * report is. The same machine gets the same digits each time.
   *
   * @throws ghostbeam.pipelines.UsageException if the folder holds files that are not a demo's
   */
  public static void run(DemoOptions options, PrintStream out) throws IOException {
    DemoFolder folder = DemoFolder.prepare(options.getOutput());
    DemoFlags flags = DemoFlags.of(folder, Launch.prepare(options), out);
    PreprocessPipeline.run(flags.preprocess(PreprocessOptions.class, "train", TRAIN_SHARDS), out);
    PreprocessPipeline.run(flags.preprocess(PreprocessOptions.class, "val", VAL_SHARDS), out);
    EvaluatePipeline.run(flags.evaluate(EvaluateOptions.class), out);
  }
}
