package ghostbeam.pipelines.train;

import static ghostbeam.pipelines.cli.UsageException.require;

import ghostbeam.model.distributed.Interruption;
import ghostbeam.model.distributed.Rendezvous;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.model.training.TrainingLogTail;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.remote.RemoteRun;
import ghostbeam.pipelines.watch.TerminalLine;
import ghostbeam.pipelines.watch.TrainingLogTicker;
import ghostbeam.transforms.training.TrainGang;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.flink.util.ExceptionUtils;

/** Starts all ranks of a training at once, and again where they fail and may be restarted. */
record GangLaunch(TrainOptions options, Storage storage, PrintStream out) {
  private static final String LOOPBACK = "127.0.0.1";

  /** How long Ctrl-C waits for a step's end and its state. */
  private static final Duration STEP = Duration.ofSeconds(10);

  /** {@code [scheme://]host:port}; {@code [local]} and the like are this process. */
  private static final Pattern MASTER = Pattern.compile("(?:\\w+://)?([^\\[\\]:/]+):(\\d+).*");

  /**
   * Fills in what the options leave open, so that each rank has a slot to itself.
   *
   * @throws UsageException for a flag that cannot be
   */
  static void prepare(TrainOptions options) {
    require(options.getRestarts() >= 0, "restarts", options.getRestarts(), "at least 0");
    require(options.getRankTimeout() >= 1, "rankTimeout", options.getRankTimeout(), "at least 1");
    require(options.getRankThreads() >= 0, "rankThreads", options.getRankThreads(), "at least 0");
    int ranks = options.getRanks();
    require(ranks >= 1, "ranks", ranks, "at least 1");
    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    if (ranks > 1 && flink.getParallelism() < 1) {
      flink.setParallelism(UsageException.ofFlags(() -> TrainGang.slots(ranks)));
    }
    Launch.prepare(options);
    if (options.getRunner() == DirectRunner.class) {
      // Of one more thread it makes a watch that is as busy as a rank.
      options.as(DirectOptions.class).setTargetParallelism(ranks);
    }
  }

  /**
   * Trains to the end.
   *
   * @param job that goes on from its last state where there is one
   * @throws IOException as the last attempt threw it
   */
  void run(TrainingJob job) throws IOException {
    if (!isRemote()) { // ranks in this process are heard anyway
      attempts(job);
      return;
    }
    TrainingLogTicker ticker = TrainingLogTicker.start(TrainingLogTail.of(storage, job));
    try {
      attempts(job);
    } finally {
      ticker.close();
    }
  }

  /** Whether ranks are in other processes than this one. */
  private boolean isRemote() {
    return options.getRunner() == FlinkRunner.class
        && RemoteRun.isRemote(options.as(FlinkPipelineOptions.class));
  }

  /** Lets a training of this process come to the end of its step, and says where it is. */
  void stop(TrainingJob job) {
    if (isRemote()) {
      return;
    }
    Optional<String> where = Interruption.await(STEP);
    TerminalLine.clear();
    out.println(
        where
                .map(point -> "Stopped at " + point + "; its state is saved")
                .orElse("Stopped in the midst of a step or a validation")
            + ": the same command with --resume goes on from the last state in "
            + job.folder().meeting());
  }

  private void attempts(TrainingJob job) throws IOException {
    for (int restart = 1; ; restart++) {
      try {
        attempt(job);
        return;
      } catch (IOException | IllegalStateException e) {
        if (restart > options.getRestarts() || isRepeated(e) || Interruption.isRequested()) {
          throw e;
        }
        out.printf(
            "%s%nStarts again from the last saved state, restart %d of %d%n",
            e.getMessage(), restart, options.getRestarts());
      }
    }
  }

  private static boolean isRepeated(Exception failure) {
    ClassLoader loader = GangLaunch.class.getClassLoader();
    return TrainGang.NOT_RETRYABLE.stream()
        .anyMatch(
            type -> ExceptionUtils.findSerializedThrowable(failure, type, loader).isPresent());
  }

  private void attempt(TrainingJob job) throws IOException {
    try (Rendezvous rendezvous =
        Rendezvous.open(
            storage,
            job.folder().meeting(),
            options.getRanks(),
            host(),
            options.getRankTimeout())) {
      Pipeline pipeline = Pipeline.create(options);
      pipeline.apply("Train", TrainGang.of(storage, job, rendezvous.gang()));
      Launch.run(pipeline, "train " + job.output());
    }
  }

  /**
   * The master, since all workers reach it; this machine where they are threads of this process.
   */
  private String host() {
    Matcher master = MASTER.matcher(options.as(FlinkPipelineOptions.class).getFlinkMaster());
    return options.getRunner() == FlinkRunner.class && master.matches()
        ? master.group(1)
        : LOOPBACK;
  }
}
