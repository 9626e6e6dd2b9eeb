package ghostbeam.model.training;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Weights;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.Schedule;
import ghostbeam.model.optimization.SmoothedCrossEntropy;
import ghostbeam.model.optimization.WeightAverage;
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
 * function of the data, the recipe and the number of threads.
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
   * Trains and writes {@code recipe.json}, {@code training.jsonl} and {@code checkpoints/} into the
   * job's output.
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
    Architecture architecture = recipe.architecture();
    try (Dataset train = Dataset.open(storage, job.data(), "train");
        Dataset val = Dataset.open(storage, job.validation(), "val")) {
      check(train.manifest(), val.manifest());
      byte[] json = recipe.toJson().getBytes(StandardCharsets.UTF_8);
      storage.writeWhole(Storage.resolve(job.output(), "recipe.json"), ByteBuffer.wrap(json));
      Classifier.useThreads(job.stepThreads());
      Weights start = Weights.initial(architecture, recipe.seed());
      try (TrainingNetwork network =
              new TrainingNetwork(
                  architecture, start, DataType.FLOAT32, recipe.drop(), recipe.dropPath());
          Optimizer optimizer = recipe.optimizer(network.buckets());
          WeightAverage average =
              recipe.emaDecay() == 0
                  ? null
                  : new WeightAverage(network.buckets(), recipe.emaDecay());
          Validation validation = new Validation(val, recipe.validationView(), job.cores())) {
        TrainingStep step =
            new TrainingStep(network, new SmoothedCrossEntropy(recipe.smoothing()), optimizer);
        for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
          double loss = learnEpoch(train, epoch, step, average);
          finishEpoch(epoch, loss, train.manifest(), network, average, validation);
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
    if (train.records() < recipe.batchSize() || train.records() > LARGEST_DATASET) {
      throw new IOException(
          "%s has %d training images, --batchSize=%d needs at least that many"
              .formatted(job.data(), train.records(), recipe.batchSize()));
    }
  }

  /** Trains one epoch and returns its mean loss. */
  private double learnEpoch(Dataset data, int epoch, TrainingStep step, WeightAverage average)
      throws IOException, InterruptedException {
    int[] order = SampleOrder.ofEpoch(recipe.seed(), epoch, (int) data.manifest().records());
    int side = recipe.architecture().inputSize();
    try (BatchLoader loader =
        new BatchLoader(
            data,
            recipe.trainingView(),
            recipe.seed(),
            epoch,
            recipe.batchSize(),
            order,
            job.cores())) {
      int batches = loader.batches();
      Schedule schedule = recipe.schedule(batches);
      LossMeter meter = new LossMeter();
      for (int i = 0; i < batches; i++) {
        Batch batch = loader.next();
        long number = (long) (epoch - 1) * batches + i;
        Shape shape = new Shape(batch.size(), 3, side, side);
        double loss =
            step.learn(
                manager -> manager.create(batch.images(), shape, DataType.FLOAT32),
                batch.labels(),
                schedule.at(number),
                SampleOrder.random(recipe.seed(), epoch, Long.MIN_VALUE + i));
        if (!Double.isFinite(loss)) {
          throw new IllegalStateException(
              "the loss became %s at epoch %d, step %d (learning rate %s); try a lower --lrMax or more --warmupEpochs"
                  .formatted(loss, epoch, number + 1, schedule.at(number)));
        }
        if (average != null) {
          average.update();
        }
        meter.add(loss);
        if ((number + 1) % recipe.perPrintTimes() == 0) {
          log.step(
              epoch,
              number + 1,
              meter.recentMean(),
              schedule.at(number),
              meter.recentPerSecond() * batch.size());
          meter.startRecent();
        }
      }
      if (epoch == 1 && order.length % recipe.batchSize() != 0) {
        LOG.info(
            "{} images of {} fill no batch and wait for another epoch's order",
            order.length % recipe.batchSize(),
            order.length);
      }
      return meter.mean();
    }
  }

  private void finishEpoch(
      int epoch,
      double loss,
      Manifest data,
      TrainingNetwork network,
      WeightAverage average,
      Validation validation)
      throws IOException, InterruptedException {
    Weights raw = network.weights();
    Weights averaged = average == null ? null : network.weights(average.averages());
    long[] correct = correct(validation, raw, averaged);
    long step = epoch * (data.records() / recipe.batchSize());
    boolean save = epoch % recipe.ckptSaveEpoch() == 0 || epoch == recipe.epochs();
    if (averaged != null) {
      checkpoints.offerAveraged(info(epoch, step, "ema", data), averaged, correct[1], save);
    }
    checkpoints.offer(info(epoch, step, "raw", data), raw, correct[0], save);
    double records = validation.records();
    double emaTop1 = averaged == null ? Double.NaN : correct[1] / records;
    log.epoch(epoch, recipe.epochs(), step, loss, correct[0] / records, emaTop1);
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
