package ghostbeam.model.training;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.TensorFile;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.network.Weights;
import ghostbeam.model.optimization.Schedule;
import ghostbeam.model.record.Dataset;
import ghostbeam.model.record.Manifest;
import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a training from first weights to last checkpoint. The weights it ends with are a pure
 * function of the data, the recipe and the number of threads, however often it was stopped and went
 * on.
 */
public final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
  private static final int LARGEST_DATASET = Integer.MAX_VALUE - 8;

  private final Storage storage;
  private final TrainingJob job;
  private final Recipe recipe;
  private final TrainingLog log;
  private final CheckpointFolder checkpoints;

  private Trainer(Storage storage, TrainingJob job) {
    this.storage = storage;
    this.job = job;
    this.recipe = job.recipe();
    this.log = new TrainingLog(storage, Storage.resolve(job.output(), "training.jsonl"));
    this.checkpoints =
        new CheckpointFolder(
            storage, Storage.resolve(job.output(), "checkpoints"), recipe.keepCheckpoints());
  }

  /**
   * Trains and writes {@code recipe.json}, {@code training.jsonl}, {@code checkpoints/} and {@code
   * state/} into the job's output.
   *
   * @throws IOException where data is missing, does not fit the recipe or cannot be read, or a file
   *     cannot be written
   * @throws IllegalStateException where the loss is no longer finite, naming epoch and step
   */
  public static void run(Storage storage, TrainingJob job)
      throws IOException, InterruptedException {
    new Trainer(storage, job).run();
  }

  private void run() throws IOException, InterruptedException {
    try (Dataset train = Dataset.open(storage, job.data(), "train");
        Dataset val = Dataset.open(storage, job.validation(), "val")) {
      check(train.manifest(), val.manifest());
      String digests = train.manifest().digest() + " " + val.manifest().digest();
      TrainingState state = new TrainingState(storage, job.output(), recipe, digests);
      boolean resumes = job.resume() && state.exists();
      Classifier.useThreads(job.stepThreads());
      try (Learner learner = new Learner(recipe, resumes ? random() : start());
          Validation validation = new Validation(val, recipe.validationView(), job.cores())) {
        if (learner.halfOnProcessor()) {
          LOG.warn(
              "--ampLevel={} computes in float16, which processors are very slow at: good for tests only",
              recipe.ampLevel());
        }
        Progress progress = Progress.start(job.stepThreads());
        if (resumes) {
          progress = resume(state, learner);
        }
        byte[] json = recipe.toJson().getBytes(StandardCharsets.UTF_8);
        storage.writeWhole(Storage.resolve(job.output(), "recipe.json"), ByteBuffer.wrap(json));
        while (progress.epoch() <= recipe.epochs()) {
          EpochPlan plan = plan(progress.epoch(), (int) train.manifest().records());
          LossMeter meter = learnEpoch(train, plan, learner, state, progress);
          finishEpoch(plan, meter, train.manifest(), learner, validation);
          progress = progress(plan.epoch() + 1, 0, new LossMeter(0, 0, 0));
          state.save(learner, progress);
        }
      }
    }
  }

  private void check(Manifest train, Manifest val) throws IOException {
    int classes = recipe.architecture().classes();
    if (train.classes().size() != classes) {
      throw new IOException(
          "the network has %d classes, the dataset %s has %d; leave --numClasses out to take the data's"
              .formatted(classes, job.data(), train.classes().size()));
    }
    if (!train.classes().equals(val.classes())) {
      throw new IOException(
          "the classes of %s (train) and %s (val) differ; preprocess both from one source"
              .formatted(job.data(), job.validation()));
    }
    int needed = recipe.dropTail() ? recipe.batchSize() : 2;
    if (train.records() < needed || train.records() > LARGEST_DATASET) {
      throw new IOException(
          "%s has %d training images, --batchSize=%d needs at least %d"
              .formatted(job.data(), train.records(), recipe.batchSize(), needed));
    }
  }

  private Weights random() {
    return Weights.initial(recipe.architecture(), recipe.seed());
  }

  /** The weights to start from; those of another number of classes give all but the last layer. */
  private Weights start() throws IOException {
    if (recipe.initialCheckpoint().isEmpty()) {
      return random();
    }
    TensorFile file = TensorFile.read(storage, recipe.initialCheckpoint());
    int classes = recipe.architecture().classes();
    if (file.classes() == classes) {
      LOG.info("starts from the weights of {}", recipe.initialCheckpoint());
      return file.weights(recipe.architecture());
    }
    LOG.info(
        "starts from the weights of {} but for its last layer, which is for {} classes and not {}",
        recipe.initialCheckpoint(),
        file.classes(),
        classes);
    return file.trunk(recipe.architecture(), random());
  }

  private Progress resume(TrainingState state, Learner learner) throws IOException {
    Progress progress = state.restore(learner);
    log.restore(progress.logLines());
    checkpoints.restore(progress);
    LOG.info("goes on in epoch {} after {} batches", progress.epoch(), progress.batches());
    if (progress.threads() != job.stepThreads()) {
      LOG.warn(
          "the state was saved by steps of {} threads, these have {}: last digits will differ",
          progress.threads(),
          job.stepThreads());
    }
    return progress;
  }

  private Progress progress(int epoch, int batches, LossMeter meter) {
    return new Progress(
        epoch,
        batches,
        meter.sum(),
        meter.images(),
        meter.skipped(),
        checkpoints.best(),
        checkpoints.emaBest(),
        checkpoints.kept(),
        log.size(),
        job.stepThreads());
  }

  private EpochPlan plan(int epoch, int records) {
    return EpochPlan.of(recipe.seed(), epoch, records, recipe.batchSize(), recipe.dropTail());
  }

  /** Trains the rest of one epoch and returns its losses. */
  private LossMeter learnEpoch(
      Dataset data, EpochPlan plan, Learner learner, TrainingState state, Progress from)
      throws IOException, InterruptedException {
    int batches = plan.batches();
    Schedule schedule = recipe.schedule(batches);
    LossMeter meter = new LossMeter(from.lossSum(), from.images(), from.skipped());
    try (BatchLoader loader =
        new BatchLoader(data, recipe.trainingView(), plan, from.batches(), job.cores())) {
      for (int i = from.batches(); i < batches; i++) {
        long step = (long) (plan.epoch() - 1) * batches + i;
        double rate = schedule.at(step);
        Batch batch = loader.next();
        TrainingStep.Outcome outcome =
            learner.learn(batch, rate, SampleOrder.ofStep(recipe.seed(), plan.epoch(), i));
        if (!Double.isFinite(outcome.loss())) {
          throw new IllegalStateException(
              "the loss became %s at epoch %d, step %d (learning rate %s); try a lower --lrMax or more --warmupEpochs"
                  .formatted(outcome.loss(), plan.epoch(), step + 1, rate));
        }
        meter.add(outcome, batch.size());
        tell(plan, step + 1, rate, meter);
        if (job.stateSteps() > 0 && (step + 1) % job.stateSteps() == 0 && i + 1 < batches) {
          log.write();
          state.save(learner, progress(plan.epoch(), i + 1, meter));
        }
      }
    }
    return meter;
  }

  private void tell(EpochPlan plan, long step, double rate, LossMeter meter) {
    long steps = (long) recipe.epochs() * plan.batches();
    TrainingLog.Moment moment =
        new TrainingLog.Moment(
            plan.epoch(), step, steps, meter.recentMean(), rate, meter.recentPerSecond());
    log.progress(moment, plan.batchSize());
    if (step % recipe.perPrintTimes() == 0) {
      log.step(moment, plan.batchSize());
      meter.startRecent();
    }
  }

  private void finishEpoch(
      EpochPlan plan, LossMeter meter, Manifest data, Learner learner, Validation validation)
      throws IOException, InterruptedException {
    int epoch = plan.epoch();
    if (meter.skipped() == plan.batches()) {
      throw new IllegalStateException(
          "the gradients of all steps of epoch %d overflowed, nothing was learned; try a lower --lossScale than %s"
              .formatted(epoch, recipe.lossScale()));
    }
    Weights raw = learner.weights();
    Weights averaged = learner.averaged().orElse(null);
    long[] correct = correct(validation, raw, averaged);
    long step = (long) epoch * plan.batches();
    boolean save = epoch % recipe.ckptSaveEpoch() == 0 || epoch == recipe.epochs();
    if (averaged != null) {
      checkpoints.offerAveraged(info(epoch, step, "ema", data), averaged, correct[1], save);
    }
    checkpoints.offer(info(epoch, step, "raw", data), raw, correct[0], save);
    if (epoch == 1 && plan.leftOut() > 0) {
      LOG.info("{} images of each epoch fill no batch and are left out", plan.leftOut());
    }
    double records = validation.records();
    log.epoch(
        epoch,
        recipe.epochs(),
        step,
        meter,
        plan.leftOut(),
        correct[0] / records,
        averaged == null ? Double.NaN : correct[1] / records);
  }

  private long[] correct(Validation validation, Weights raw, Weights averaged)
      throws IOException, InterruptedException {
    List<Classifier> classifiers = new ArrayList<>();
    try {
      classifiers.add(Classifier.of(recipe.architecture(), raw));
      if (averaged != null) {
        classifiers.add(Classifier.of(recipe.architecture(), averaged));
      }
      return validation.correct(classifiers);
    } finally {
      classifiers.forEach(Classifier::close);
    }
  }

  private CheckpointInfo info(int epoch, long step, String weights, Manifest data) {
    return new CheckpointInfo(
        recipe.architecture(),
        epoch,
        step,
        weights,
        data.classes(),
        data.digest(),
        recipe.toJson(),
        recipe.validationView());
  }
}
