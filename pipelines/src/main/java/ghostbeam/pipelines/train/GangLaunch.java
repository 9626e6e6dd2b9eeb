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

/** Starts all ranks of a training together, and restarts them after failures if allowed. */
record GangLaunch(TrainOptions options, Storage storage, PrintStream out) {
  private static final String LOOPBACK = "127.0.0.1";

  /** How long Ctrl-C waits for the step to end and its state to be saved. */
  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);

  /** {@code [scheme://]host:port}; {@code [local]} and the like mean this process. */
  private static final Pattern MASTER = Pattern.compile("(?:\\w+://)?([^\\[\\]:/]+):(\\d+).*");

  /**
   * Fills in options that are not set, so that each rank has its own slot.
   *
   * @throws UsageException for an invalid flag
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
      // With one more thread it would run a monitor that is as busy as a rank.
      options.as(DirectOptions.class).setTargetParallelism(ranks);
    }
  }

  /**
   * Trains to the end.
   *
   * @param job resumes from its last saved state if there is one
   * @throws IOException from the last attempt
   */
  void run(TrainingJob job) throws IOException {
    if (!isRemote()) { // ranks in this process log here anyway
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

  /** Whether ranks run in other processes. */
  private boolean isRemote() {
    return options.getRunner() == FlinkRunner.class
        && RemoteRun.isRemote(options.as(FlinkPipelineOptions.class));
  }

  /** Lets a training in this process finish its step, and prints where it stopped. */
  void stop(TrainingJob job) {
    if (isRemote()) {
      return;
    }
    Optional<String> where = Interruption.await(STEP_TIMEOUT);
    TerminalLine.clear();
    out.println(
        where
                .map(point -> "Stopped at " + point + "; its state is saved")
                .orElse("Stopped in the middle of a step or a validation")
            + ": the same command with --resume continues from the last state in "
            + job.folder().meeting());
  }

  private void attempts(TrainingJob job) throws IOException {
    for (int restart = 1; ; restart++) {
      try {
        attempt(job);
        return;
      } catch (IOException | IllegalStateException e) {
        if (restart > options.getRestarts() || isPermanent(e) || Interruption.isRequested()) {
          throw e;
        }
        out.printf(
            "%s%nRestarting from the last saved state, restart %d of %d%n",
            e.getMessage(), restart, options.getRestarts());
      }
    }
  }

  private static boolean isPermanent(Exception failure) {
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
   * The Flink master, since all workers reach it; loopback if ranks are threads of this process.
   */
  private String host() {
    Matcher master = MASTER.matcher(options.as(FlinkPipelineOptions.class).getFlinkMaster());
    return options.getRunner() == FlinkRunner.class && master.matches()
        ? master.group(1)
        : LOOPBACK;
  }
}
