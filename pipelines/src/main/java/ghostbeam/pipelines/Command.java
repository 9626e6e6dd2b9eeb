package ghostbeam.pipelines;

import ghostbeam.pipelines.cluster.ClusterJob;
import ghostbeam.pipelines.cluster.ClusterOptions;
import ghostbeam.pipelines.convert.ImportJob;
import ghostbeam.pipelines.convert.ImportOptions;
import ghostbeam.pipelines.demo.DemoOptions;
import ghostbeam.pipelines.demo.DemoPipeline;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.export.ExportJob;
import ghostbeam.pipelines.export.ExportOptions;
import ghostbeam.pipelines.inspect.InspectJob;
import ghostbeam.pipelines.inspect.InspectOptions;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.report.ReportOptions;
import ghostbeam.pipelines.train.TrainOptions;
import ghostbeam.pipelines.train.TrainPipeline;
import java.io.PrintStream;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * One thing that {@code ./run} can do.
 *
 * @param typed its name on the command line
 * @param arguments what may follow the name, for people
 * @param does what it is for, in a few words
 * @param options declares its flags; null for {@code test}, which the script runs without Java
 * @param job does it; null for {@code test}
 * @param subject the flag that a word without dashes stands for; empty where there is none
 * @param computes whether it works on many images, so that speed matters and Beam's flags help
 * @param examples whole command lines to copy
 */
record Command(
    String typed,
    String arguments,
    String does,
    Class<? extends PipelineOptions> options,
    Job job,
    String subject,
    boolean computes,
    List<String> examples) {

  private static final String FLAGS = "[--flag=value ...]";

  /** In the order one needs them. */
  static final List<Command> ALL =
      List.of(
          compute(
              "demo",
              "preprocess, train, evaluate and report on the bundled real images",
              DemoOptions.class,
              (options, out) -> DemoPipeline.run(options.as(DemoOptions.class), out),
              "./run demo",
              "./run demo --output=/tmp/ghostbeam-demo"),
          compute(
              "preprocess",
              "images in folders, zips or tars to sharded records",
              PreprocessOptions.class,
              (options, out) -> PreprocessPipeline.run(options.as(PreprocessOptions.class), out),
              "./run preprocess --input=imagenet.zip --split=train --output=imagenet-records",
              "./run preprocess --input=gs://in/imagenet --split=val --output=gs://out/records"
                  + " --encoding=resized"),
          compute(
              "train",
              "sharded records to checkpoints",
              TrainOptions.class,
              (options, out) -> TrainPipeline.run(options.as(TrainOptions.class), out),
              "./run train --data=imagenet-records --output=runs/b1 --preset=s-ghostnet-b1"
                  + " --batchSize=128",
              "./run train --data=gs://out/records --output=gs://out/own --layers=1,2,2,4,2,5"
                  + " --channels=16,24,40,80,112,160 --opt=momentum"),
          compute(
              "evaluate",
              "score every checkpoint on every image and report which is best",
              EvaluateOptions.class,
              (options, out) -> EvaluatePipeline.run(options.as(EvaluateOptions.class), out),
              "./run evaluate --data=imagenet-records --checkpoints=runs/b1 --output=runs/b1/report",
              "./run evaluate --data=gs://out/records --checkpoints=gs://out/own/checkpoints"
                  + " --output=gs://out/report --weights=ema",
              "./run evaluate --data=imagenet-records --checkpoints=runs/a,runs/b --output=best"
                  + " --race --modelMemory=16gb",
              "./run evaluate --data=imagenet-records --checkpoints=runs/b1 --output=nightly"
                  + " --gate='top1>=baseline-0.002;records==50000' --baseline=released/report.json"),
          new Command(
              "report",
              FLAGS,
              "join evaluations of the same data into one report, without scoring again",
              ReportOptions.class,
              (options, out) -> ReportJob.run(options.as(ReportOptions.class), out),
              "",
              false,
              List.of("./run report --evaluations=monday/report,tuesday/report --output=week")),
          new Command(
              "import",
              FLAGS,
              "weights of MindSpore, PyTorch or timm to a checkpoint",
              ImportOptions.class,
              (options, out) -> ImportJob.run(options.as(ImportOptions.class), out),
              "",
              false,
              List.of(
                  "./run import --from=ema_best.ckpt --preset=s-ghostnet-b1 --data=imagenet-records"
                      + " --to=b1.safetensors",
                  "./run import --from=ghostnet_100.safetensors --to=ghostnet.safetensors")),
          new Command(
              "export",
              FLAGS,
              "checkpoint to a TorchScript module for Python, C++ or Triton",
              ExportOptions.class,
              (options, out) -> ExportJob.run(options.as(ExportOptions.class), out),
              "",
              false,
              List.of("./run export --checkpoint=runs/b1/checkpoints/best.safetensors --to=b1.pt")),
          new Command(
              "inspect",
              "<path or preset> " + FLAGS,
              "say what a dataset, shard, checkpoint or preset is; list duplicate images",
              InspectOptions.class,
              (options, out) -> InspectJob.run(options.as(InspectOptions.class), out),
              "what",
              false,
              List.of(
                  "./run inspect ghostbeam-demo/data",
                  "./run inspect imagenet-records --duplicates",
                  "./run inspect ghostbeam-demo/training/checkpoints/best.safetensors",
                  "./run inspect ghostnet-1x --json")),
          new Command(
              "cluster",
              "start|status|stop|export DIR " + FLAGS,
              "a Flink cluster on this machine, or what a standing one needs",
              ClusterOptions.class,
              (options, out) -> ClusterJob.run(options.as(ClusterOptions.class), out),
              "what",
              false,
              List.of(
                  "./run cluster start --taskManagers=2",
                  "./run cluster status",
                  "./run cluster stop",
                  "./run cluster export ghostbeam-flink")),
          new Command(
              "test",
              "[Maven's arguments]",
              "run all tests but the long ones",
              null,
              null,
              "",
              false,
              List.of("./run test", "./run test -pl model -am")));

  /** What a command starts; it returns when the work is done. */
  @FunctionalInterface
  interface Job {
    void run(PipelineOptions options, PrintStream out) throws Exception;
  }

  /** A job on many images. */
  private static Command compute(
      String typed,
      String does,
      Class<? extends PipelineOptions> options,
      Job job,
      String... examples) {
    return new Command(typed, FLAGS, does, options, job, "", true, List.of(examples));
  }

  /**
   * The command of a name.
   *
   * @throws UsageException if there is none, with the nearest name
   */
  static Command named(String typed) {
    return ALL.stream()
        .filter(command -> command.typed().equals(typed))
        .findFirst()
        .orElseThrow(() -> unknown(typed));
  }

  private static UsageException unknown(String typed) {
    List<String> names = ALL.stream().map(Command::typed).toList();
    String hint = Nearest.hint("", typed, names);
    return new UsageException(
        "unknown command '" + typed + "'" + hint + "; ./run --help lists them");
  }

  /** Whether Java runs it. */
  boolean hasJob() {
    return job != null;
  }
}
