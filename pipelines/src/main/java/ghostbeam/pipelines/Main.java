package ghostbeam.pipelines;

import ghostbeam.pipelines.average.AverageJob;
import ghostbeam.pipelines.average.AverageOptions;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.Help;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cluster.ClusterJob;
import ghostbeam.pipelines.cluster.ClusterOptions;
import ghostbeam.pipelines.demo.DemoOptions;
import ghostbeam.pipelines.demo.DemoPipeline;
import ghostbeam.pipelines.demo.Rehearsal;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.export.ExportJob;
import ghostbeam.pipelines.export.ExportOptions;
import ghostbeam.pipelines.imports.ImportJob;
import ghostbeam.pipelines.imports.ImportOptions;
import ghostbeam.pipelines.inspect.InspectJob;
import ghostbeam.pipelines.inspect.InspectOptions;
import ghostbeam.pipelines.launch.ExitCode;
import ghostbeam.pipelines.launch.Run;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.pipelines.release.PackageJob;
import ghostbeam.pipelines.release.PackageOptions;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.report.ReportOptions;
import ghostbeam.pipelines.search.SearchJob;
import ghostbeam.pipelines.search.SearchOptions;
import ghostbeam.pipelines.train.TrainOptions;
import ghostbeam.pipelines.train.TrainPipeline;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The entry point: lists the commands, runs one and exits with its code. */
public final class Main {
  /** In the order a user needs them. */
  public static final List<Command> COMMANDS =
      List.of(
          Command.of(
                  "demo",
                  "preprocess, train, evaluate and report on the bundled real images",
                  DemoOptions.class,
                  DemoPipeline::run)
              .withImages()
              .withExamples("./run demo", "./run demo --output=/tmp/ghostbeam-demo"),
          Command.of(
                  "preprocess",
                  "images in folders, archives, Parquet or TFRecord to sharded records",
                  PreprocessOptions.class,
                  PreprocessPipeline::run)
              .withImages()
              .withExamples(
                  "./run preprocess --input=imagenet.zip --split=train --output=imagenet-records",
                  "./run preprocess --input=gs://in/imagenet --split=val --output=gs://out/records"
                      + " --encoding=resized"),
          Command.of(
                  "train", "sharded records to checkpoints", TrainOptions.class, TrainPipeline::run)
              .withImages()
              .withExamples(
                  "./run train --data=imagenet-records --output=runs/b1 --preset=s-ghostnet-b1"
                      + " --batchSize=128",
                  "./run train --data=gs://out/records --output=gs://out/own --layers=1,2,2,4,2,5"
                      + " --channels=16,24,40,80,112,160 --opt=momentum"),
          Command.of(
                  "evaluate",
                  "score every checkpoint on every image and report which is best",
                  EvaluateOptions.class,
                  EvaluatePipeline::run)
              .withImages()
              .withExamples(
                  "./run evaluate --data=imagenet-records --checkpoints=runs/b1"
                      + " --output=runs/b1/report",
                  "./run evaluate --data=gs://out/records --checkpoints=gs://out/own/checkpoints"
                      + " --output=gs://out/report --weights=ema",
                  "./run evaluate --data=imagenet-records --checkpoints=runs/a,runs/b --output=best"
                      + " --race --modelMemory=16gb",
                  "./run evaluate --data=imagenet-records --checkpoints=runs/b1,resnet50.pt"
                      + " --output=beside-resnet50",
                  "./run evaluate --data=imagenet-records --checkpoints=runs/b1 --output=nightly"
                      + " --gate='top1>=baseline-0.002;records==50000'"
                      + " --baseline=released/report.json"),
          Command.of(
                  "report",
                  "join evaluations into one report, without scoring again",
                  ReportOptions.class,
                  ReportJob::run)
              .withExamples(
                  "./run report --evaluations=monday/report,tuesday/report --output=week"),
          Command.of(
                  "import",
                  "weights of MindSpore, PyTorch or timm to a checkpoint",
                  ImportOptions.class,
                  ImportJob::run)
              .withExamples(
                  "./run import --from=ema_best.ckpt --preset=s-ghostnet-b1 --data=imagenet-records"
                      + " --to=b1.safetensors",
                  "./run import --from=ghostnet_1x.pth --data=imagenet-records --to=ghostnet.safetensors"),
          Command.of(
                  "export",
                  "checkpoint to a TorchScript module for Python, C++ or Triton",
                  ExportOptions.class,
                  ExportJob::run)
              .withExamples(
                  "./run export --checkpoint=runs/b1/checkpoints/best.safetensors --to=b1.pt"),
          Command.of(
                  "inspect",
                  "describe a dataset, training, evaluation, checkpoint or preset; list duplicates",
                  InspectOptions.class,
                  InspectJob::run)
              .withSubject("<path or preset>", "what")
              .withExamples(
                  "./run inspect ghostbeam-demo/data",
                  "./run inspect --input=gs://bucket/imagenet-wds --classes=1000",
                  "./run inspect imagenet-records --duplicates",
                  "./run inspect runs/b1",
                  "./run inspect ghostbeam-demo/training/checkpoints/best.safetensors",
                  "./run inspect ghostnet-1x --json"),
          Command.of(
                  "average",
                  "checkpoints of one network to one whose weights are their mean",
                  AverageOptions.class,
                  AverageJob::run)
              .withImages()
              .withExamples(
                  "./run average --checkpoints=runs/b1/checkpoints/epoch-*.ema.safetensors"
                      + " --to=mean.safetensors",
                  "./run average --checkpoints=runs/a,runs/b --to=soup.safetensors --greedy"
                      + " --data=imagenet-records --split=val"),
          Command.of(
                  "search",
                  "a small network to a larger one of a given cost, by trying where to enlarge it",
                  SearchOptions.class,
                  SearchJob::run)
              .withoutFlags(
                  "preset",
                  "numClasses",
                  "initialCheckpoint",
                  "resume",
                  "ranks",
                  "syncBn",
                  "rankThreads",
                  "rankTimeout",
                  "restarts",
                  "ckptSaveEpoch",
                  "keepCheckpoints")
              .withImages()
              .withExamples(
                  "./run search --data=imagenet-records --output=runs/search --from=bignet-1x"
                      + " --multiplyAdds=600000000 --steps=4 --uniform",
                  "./run search --data=ghostbeam-demo/data --output=found --inputSize=32"
                      + " --multiplyAdds=8000000 --epochs=4"),
          Command.of(
                  "cluster",
                  "a Flink cluster on this machine, or the files that an existing one needs",
                  ClusterOptions.class,
                  ClusterJob::run)
              .withSubject("start|status|stop|export DIR", "what")
              .withExamples(
                  "./run cluster start --taskManagers=2",
                  "./run cluster status",
                  "./run cluster stop",
                  "./run cluster export ghostbeam-flink"),
          Command.of(
                  "package",
                  "an archive that runs without Maven, sources or network",
                  PackageOptions.class,
                  PackageJob::run)
              .withExamples("./run package --output=release"),
          Command.ofScript("test", "[Maven's arguments]", "run all tests but the long ones")
              .withExamples("./run test", "./run test -pl model -am"));

  /** Started by {@code run} after a build and not listed in the help; see {@link Rehearsal}. */
  private static final String REHEARSE = "rehearse";

  private Main() {}

  public static void main(String[] args) throws Exception {
    System.exit(
        args.length == 2 && args[0].equals(REHEARSE)
            ? Rehearsal.play(Path.of(args[1]), Main::runSilently)
            : run(args, System.out, System.err));
  }

  private static int runSilently(String... args) {
    return run(args, new PrintStream(OutputStream.nullOutputStream(), true), System.err);
  }

  /**
   * Runs one command to its end.
   *
   * @param out for results and progress
   * @param err for failures, and for the settings that a job runs with
   * @return the exit code, see {@link ExitCode}
   */
  static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      return dispatch(Arrays.asList(args), out, err);
    } catch (UsageException e) {
      err.println("ghostbeam: " + e.getMessage());
      return ExitCode.WRONG_USAGE;
    }
  }

  private static int dispatch(List<String> args, PrintStream out, PrintStream err) {
    if (args.isEmpty()) {
      throw new UsageException("no command; ./run --help lists them");
    }
    String first = args.get(0);
    if (asksForHelp(first) && args.size() == 1) {
      out.print(Help.overview(COMMANDS));
      return ExitCode.DONE;
    }
    Command command = Command.named(asksForHelp(first) ? args.get(1) : first, COMMANDS);
    if (args.stream().anyMatch(Main::asksForHelp)) {
      out.print(Help.of(command));
      return ExitCode.DONE;
    }
    return new Run(command, out, err).start(args.subList(1, args.size()));
  }

  private static boolean asksForHelp(String arg) {
    return arg.equals("--help") || arg.equals("-h") || arg.equals("help");
  }
}
