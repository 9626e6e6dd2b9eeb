package ghostbeam.model.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.Schedule;
import ghostbeam.model.optimization.WeightDecay;
import ghostbeam.model.step.AmpLevel;
import java.io.Serializable;
import java.util.List;

/**
 * Everything that decides what a training learns from its data; named as the flags are.
 *
 * @param architecture the network, at the input size to train for
 * @param epochs passes over the data
 * @param batchSize images of one step on one rank
 * @param ranks that learn together, from {@code ranks} · {@code batchSize} images a step
 * @param syncBn whether batch norm's statistics in a step are those of all ranks' images, rather
 *     than of each rank's own
 * @param opt {@code momentum}, {@code sgd} or {@code rmsprop}
 * @param optEps rmsprop's ε
 * @param weightDecay decay of the weights that {@code opt} decays
 * @param lrDecayStyle {@code cosine} or {@code cosine_step}
 * @param lr cosine: rate at step 0; cosine_step: rate after warm-up
 * @param lrMax cosine: rate when warm-up ends
 * @param lrEnd cosine: rate towards which it falls
 * @param warmupLr cosine_step: rate of the first epoch of warm-up
 * @param warmupEpochs epochs of warm-up
 * @param decayEpochs cosine_step: epochs between two decays
 * @param decayRate cosine_step: factor of each decay
 * @param smoothing label smoothing, from 0 to below 1
 * @param drop share of features left out before the dense layer
 * @param dropPath share of residual branches left out at the end of the network
 * @param emaDecay decay of the weights' moving average; 0 for none
 * @param ampLevel what of a step is float16
 * @param lossScale factor of the loss within a step that is float16; of no consequence at O0
 * @param autoaugment whether AutoAugment's policy takes the place of the colour jitter
 * @param colorJitter strength of the colour jitter, 0 to 1
 * @param cropScale smallest area of a random crop, as a share of the image
 * @param cropFraction validation's crop side over its resized shorter side
 * @param interpolation which bicubic, in training and validation
 * @param dropTail whether images that fill no batch are left out of an epoch, rather than making a
 *     smaller last batch
 * @param ckptSaveEpoch epochs between two kept checkpoints
 * @param keepCheckpoints how many of those stay
 * @param perPrintTimes steps between two log lines
 * @param initialCheckpoint file whose weights training starts from; empty for random ones
 * @param seed decides start weights, order and augmentation
 */
public record Recipe(
    Architecture architecture,
    int epochs,
    int batchSize,
    int ranks,
    boolean syncBn,
    String opt,
    double optEps,
    double momentum,
    double weightDecay,
    String lrDecayStyle,
    double lr,
    double lrMax,
    double lrEnd,
    double warmupLr,
    int warmupEpochs,
    double decayEpochs,
    double decayRate,
    double smoothing,
    double drop,
    double dropPath,
    double emaDecay,
    AmpLevel ampLevel,
    double lossScale,
    boolean autoaugment,
    double colorJitter,
    double cropScale,
    double cropFraction,
    Interpolation interpolation,
    boolean dropTail,
    int ckptSaveEpoch,
    int keepCheckpoints,
    int perPrintTimes,
    String initialCheckpoint,
    long seed)
    implements Serializable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_BATCH = 1 << 20;

  /** Names of the optimisers. */
  public static final List<String> OPTIMIZERS = List.of("momentum", "sgd", "rmsprop");

  /** Names of the schedules. */
  public static final List<String> SCHEDULES = List.of("cosine", "cosine_step");

  /**
   * @throws IllegalArgumentException naming the flag, what it may be and what it is
   */
  public Recipe {
    require(epochs >= 1, "epochs", "at least 1", epochs);
    require(batchSize >= 2, "batchSize", "at least 2, batch norm needs it", batchSize);
    int most = Integer.MAX_VALUE / imageBytes(architecture);
    require(
        batchSize <= most,
        "batchSize",
        "at most %d with --inputSize=%d, as a batch takes at most %d bytes (lower either, or share its images among more --ranks)"
            .formatted(most, architecture.inputSize(), Integer.MAX_VALUE),
        batchSize);
    require(
        ranks >= 1 && (long) ranks * batchSize <= LARGEST_BATCH,
        "ranks",
        "from 1 to %d with --batchSize=%d".formatted(LARGEST_BATCH / batchSize, batchSize),
        ranks);
    require(OPTIMIZERS.contains(opt), "opt", "one of " + OPTIMIZERS, opt);
    require(optEps > 0, "optEps", "above 0", optEps);
    require(momentum >= 0 && momentum < 1, "momentum", "from 0 to below 1", momentum);
    require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
    require(SCHEDULES.contains(lrDecayStyle), "lrDecayStyle", "one of " + SCHEDULES, lrDecayStyle);
    require(lr >= 0, "lr", "at least 0", lr);
    require(lrMax > 0, "lrMax", "above 0", lrMax);
    require(lrEnd >= 0, "lrEnd", "at least 0", lrEnd);
    require(warmupLr >= 0, "warmupLr", "at least 0", warmupLr);
    require(
        warmupEpochs >= 0 && warmupEpochs < epochs,
        "warmupEpochs",
        "from 0 to below --epochs=" + epochs,
        warmupEpochs);
    require(decayEpochs > 0, "decayEpochs", "above 0", decayEpochs);
    require(decayRate > 0, "decayRate", "above 0", decayRate);
    require(smoothing >= 0 && smoothing < 1, "smoothing", "from 0 to below 1", smoothing);
    require(drop >= 0 && drop < 1, "drop", "from 0 to below 1", drop);
    require(dropPath >= 0 && dropPath < 1, "dropPath", "from 0 to below 1", dropPath);
    require(emaDecay >= 0 && emaDecay < 1, "emaDecay", "from 0 to below 1", emaDecay);
    require(lossScale > 0 && Double.isFinite(lossScale), "lossScale", "above 0", lossScale);
    require(colorJitter >= 0 && colorJitter <= 1, "colorJitter", "from 0 to 1", colorJitter);
    require(cropScale > 0 && cropScale <= 1, "cropScale", "above 0, at most 1", cropScale);
    require(
        cropFraction > 0 && cropFraction <= 1, "cropFraction", "above 0, at most 1", cropFraction);
    require(ckptSaveEpoch >= 1, "ckptSaveEpoch", "at least 1", ckptSaveEpoch);
    require(keepCheckpoints >= 1, "keepCheckpoints", "at least 1", keepCheckpoints);
    require(perPrintTimes >= 1, "perPrintTimes", "at least 1", perPrintTimes);
  }

  /** Bytes of an image, float32, in a batch's one buffer, which Java counts in an int. */
  private static int imageBytes(Architecture architecture) {
    return 3 * Float.BYTES * architecture.inputSize() * architecture.inputSize();
  }

  private static void require(boolean holds, String flag, String expectation, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "--%s is %s, found %s".formatted(flag, expectation, found));
    }
  }

  /** The same recipe for another number of classes. */
  public Recipe withClasses(int classes) {
    return new Recipe(
        architecture.withClasses(classes),
        epochs,
        batchSize,
        ranks,
        syncBn,
        opt,
        optEps,
        momentum,
        weightDecay,
        lrDecayStyle,
        lr,
        lrMax,
        lrEnd,
        warmupLr,
        warmupEpochs,
        decayEpochs,
        decayRate,
        smoothing,
        drop,
        dropPath,
        emaDecay,
        ampLevel,
        lossScale,
        autoaugment,
        colorJitter,
        cropScale,
        cropFraction,
        interpolation,
        dropTail,
        ckptSaveEpoch,
        keepCheckpoints,
        perPrintTimes,
        initialCheckpoint,
        seed);
  }

  /** Images of one step on all ranks together. */
  int stepImages() {
    return batchSize * ranks;
  }

  Schedule schedule(long stepsPerEpoch) {
    return lrDecayStyle.equals("cosine")
        ? new Schedule.Cosine(
            lr, lrMax, lrEnd, warmupEpochs * stepsPerEpoch, epochs * stepsPerEpoch)
        : new Schedule.CosineStep(
            warmupLr, lr, warmupEpochs, decayEpochs, decayRate, stepsPerEpoch);
  }

  Optimizer optimizer(List<Bucket> buckets) {
    return switch (opt) {
      case "momentum" ->
          new Optimizer.Momentum(buckets, momentum, weightDecay, WeightDecay.ALL_BUT_NORM);
      case "sgd" -> new Optimizer.Momentum(buckets, momentum, weightDecay, WeightDecay.MATRICES);
      default ->
          new Optimizer.RmsProp(
              buckets,
              momentum,
              optEps,
              Optimizer.RmsProp.ORIGINAL_START,
              weightDecay,
              WeightDecay.MATRICES);
    };
  }

  /** How training sees images. */
  public TrainingView trainingView() {
    return new TrainingView(
        architecture.inputSize(),
        cropScale,
        interpolation,
        Augmentation.of(autoaugment, colorJitter));
  }

  /** How validation sees images; a checkpoint's scores belong to it. */
  public ValidationView validationView() {
    return new ValidationView(architecture.inputSize(), cropFraction, interpolation);
  }

  /** This recipe as one JSON object, fields in order. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a record of plain values is JSON", e);
    }
  }
}
