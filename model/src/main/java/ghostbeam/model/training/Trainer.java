package ghostbeam.model.training;

import ghostbeam.model.checkpoint.TensorFile;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.distributed.Interruption;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.BatchBuffers;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.Division;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.input.SampleSheet;
import ghostbeam.model.optimization.Schedule;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.step.TrainingStep;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs training from initial weights to the last checkpoint, as one of the ranks that train
 * together. The final weights are a pure function of the data, the recipe and the number of
 * threads, however often training was interrupted and resumed. Only rank 0 writes files.
 */
public final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  private final Storage storage;
  private final TrainingJob job;
  private final Collective collective;
  private final TrainingSpec spec;
  private final Recipe recipe;
  private final TrainingLog log;
  private final KeptCheckpoints checkpoints;
  private final BatchBuffers buffers = new BatchBuffers();

  private Trainer(Storage storage, TrainingJob job, Collective collective) {
    this.storage = storage;
    this.job = job;
    this.collective = collective;
    this.spec = job.spec();
    this.recipe = job.recipe();
    this.log = TrainingLog.of(storage, job);
    this.checkpoints =
        new KeptCheckpoints(storage, job.folder(), job.bookkeeping().keepCheckpoints());
  }

  /**
   * Trains, and writes {@code recipe.json}, {@code training.jsonl}, a TensorBoard file, {@code
   * checkpoints/} and {@code state/} to the job's output. All ranks must call this.
   *
   * @param collective with the recipe's number of ranks
   * @throws IOException where data is missing, does not fit the recipe or cannot be read, a file
   *     cannot be written, or ranks hold different weights
   * @throws DivergedException where the loss or a weight is no longer finite, naming epoch and
   *     step, or an epoch learned nothing
   */
  public static void run(Storage storage, TrainingJob job, Collective collective)
      throws IOException, InterruptedException {
    if (collective.size() != job.recipe().batching().ranks()) {
      throw new IllegalArgumentException(
          "%d ranks for a recipe of %d"
              .formatted(collective.size(), job.recipe().batching().ranks()));
    }
    new Trainer(storage, job, collective).run();
  }

  private void run() throws IOException, InterruptedException {
    try (Dataset train = Dataset.open(storage, job.data(), "train");
        Dataset val = Dataset.open(storage, job.validation(), "val")) {
      job.requireFitting(storage, train.manifest(), val.manifest());
      String digests = train.manifest().digest() + " " + val.manifest().digest();
      TrainingState state = new TrainingState(storage, job, digests);
      boolean resumes = job.resume() && state.exists();
      Classifier.useThreads(job.stepThreads());
      try (Learner learner = new Learner(spec, resumes ? spec.randomStart() : start(), collective);
          Validation validation =
              new Validation(val, spec.validationView(), collective, job.cores())) {
        if (learner.isHalfOnCpu() && writes()) {
          LOG.warn(
              "ampLevel {} computes in float16, which is very slow on CPUs: suitable for tests only",
              recipe.mixedPrecision().ampLevel());
        }
        Progress progress = Progress.start(job.stepThreads());
        if (resumes) {
          progress = resume(state, learner);
        }
        followRankZero(learner, progress);
        if (writes()) {
          byte[] json = job.recipeJson().getBytes(StandardCharsets.UTF_8);
          storage.writeWhole(job.folder().recipe(), ByteBuffer.wrap(json));
          log.begin(progress, new SampleSheet(train, spec.trainingView(), recipe.seed()));
        }
        EpochEnd end =
            new EpochEnd(job, train.manifest(), collective, validation, checkpoints, log);
        while (progress.epoch() <= recipe.learningRate().epochs()) {
          EpochPlan plan = plan(progress.epoch(), (int) train.manifest().records());
          LossMeter meter = learnEpoch(train, plan, learner, state, progress);
          end.finish(plan, meter, learner);
          progress = progress(plan.epoch() + 1, 0, new LossMeter(0, 0, 0));
          if (writes()) {
            state.save(learner, progress);
          }
        }
      }
    }
  }

  private boolean writes() {
    return collective.rank() == 0;
  }

  /** Starts all ranks from the same state; throws where they are not at the same step. */
  private void followRankZero(Learner learner, Progress progress) throws IOException {
    double[][] points = collective.gather(progress.epoch(), progress.steps());
    for (int rank = 1; rank < points.length; rank++) {
      if (!Arrays.equals(points[rank], points[0])) {
        throw new AdvisedException(
            "rank %d sees a different %s than rank 0".formatted(rank, TrainingFolder.STATE),
            ModelRemedy.SHARED_OUTPUT.with());
      }
    }
    learner.followRankZero();
  }

  /** The initial weights; the last layer is random where the checkpoint has other classes. */
  private Weights start() throws IOException {
    String from = spec.initialCheckpoint();
    if (from.isEmpty()) {
      return spec.randomStart();
    }
    TensorFile file = TensorFile.read(storage, from, WeightKind.RAW);
    int classes = spec.architecture().classes();
    // If the file has no last layer, reading its weights reports that.
    int found = file.classes().orElse(classes);
    if (found == classes) {
      LOG.info("starts from the weights of {}", from);
      return file.weights(spec.architecture());
    }
    LOG.info(
        "starts from the weights of {} except for its last layer, which has {} classes, not {}",
        from,
        found,
        classes);
    return file.trunk(spec.architecture(), spec.randomStart());
  }

  private Progress resume(TrainingState state, Learner learner) throws IOException {
    Progress progress = state.restore(learner);
    checkpoints.restore(progress);
    if (!writes()) {
      return progress;
    }
    LOG.info(progress.resumption(recipe.learningRate().epochs()));
    if (progress.threads() != job.stepThreads()) {
      LOG.warn(
          "the state was saved with {} threads per rank, this run has {}: last digits will differ, as"
              + " they would not with {}",
          progress.threads(),
          job.stepThreads(),
          progress.threads());
    }
    return progress;
  }

  private Progress progress(int epoch, int steps, LossMeter meter) {
    return new Progress(
        epoch,
        steps,
        meter.sum(),
        meter.images(),
        meter.skipped(),
        checkpoints.best(),
        checkpoints.emaBest(),
        checkpoints.kept(),
        log.size(),
        log.eventBytes(),
        job.stepThreads());
  }

  private EpochPlan plan(int epoch, int records) {
    Batching batching = recipe.batching();
    Division division =
        new Division(batching.batchImages(), batching.accumulate(), batching.dropTail());
    return EpochPlan.of(
        recipe.seed(), epoch, records, division, collective.rank(), collective.size());
  }

  /** Trains the rest of an epoch and returns its meter. */
  private LossMeter learnEpoch(
      Dataset data, EpochPlan plan, Learner learner, TrainingState state, Progress from)
      throws IOException, InterruptedException {
    int steps = plan.steps();
    Schedule schedule = recipe.learningRate().schedule(steps);
    int every = job.bookkeeping().stateSaveSteps();
    int first = from.steps() * recipe.batching().accumulate();
    LossMeter meter = new LossMeter(from.lossSum(), from.images(), from.skipped());
    try (BatchLoader loader =
        new BatchLoader(data, spec.trainingView(), plan, first, job.cores(), buffers)) {
      for (int i = from.steps(); i < steps; i++) {
        long step = (long) (plan.epoch() - 1) * steps + i;
        double rate = schedule.at(step);
        for (int batch = 0; batch < plan.batches(i); batch++) {
          learner.gather(loader.next(), SampleOrder.ofStep(recipe.seed(), plan.epoch(), i));
        }
        TrainingStep.Outcome outcome = learner.update(rate);
        if (!outcome.learned() && !learner.skips(outcome)) {
          String where = "epoch %d, step %d (learning rate %s)";
          throw DivergedException.of(outcome, where.formatted(plan.epoch(), step + 1, rate));
        }
        meter.add(outcome, plan.images(i));
        boolean ends = writes() && Interruption.isRequested();
        boolean saves = ends || (every > 0 && (step + 1) % every == 0 && i + 1 < steps);
        if (saves) {
          learner.requireFinite(plan.epoch(), step + 1);
        }
        if (!writes()) {
          continue;
        }
        logStep(plan, step + 1, rate, meter);
        if (saves) {
          log.write();
          state.save(learner, progress(plan.epoch(), i + 1, meter));
        }
        if (ends) {
          throw stopped(plan, step + 1);
        }
      }
    }
    return meter;
  }

  /** Only rank 0 checks for a stop request: the other ranks notice that it has left. */
  private InterruptedIOException stopped(EpochPlan plan, long step) {
    String where =
        "epoch %d, step %d of %d"
            .formatted(plan.epoch(), step, (long) recipe.learningRate().epochs() * plan.steps());
    Interruption.stopped(where);
    return new InterruptedIOException("stopped at " + where);
  }

  private void logStep(EpochPlan plan, long step, double rate, LossMeter meter) throws IOException {
    long steps = (long) recipe.learningRate().epochs() * plan.steps();
    LogLine.Step line = meter.line(plan.epoch(), step, steps, rate);
    log.progress(line);
    if (step % job.bookkeeping().perPrintTimes() == 0) {
      log.step(line);
      meter.startRecent();
    }
  }
}
