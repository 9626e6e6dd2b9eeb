package ghostbeam.model.network;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture.Bottleneck;
import ghostbeam.model.recipe.Augmentations;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.MixedPrecision;
import ghostbeam.model.recipe.Optimization;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The six-stage networks of the S-GhostNet recipe (MindSpore model zoo, 2022), sized by layers,
 * channels and {@code large}. Custom networks belong to this family.
 */
public enum BigNet implements Family {
  FAMILY;

  /** How the original trained s-ghostnet-b4, on 32 accelerators. */
  static final Recipe B4 =
      Recipe.ORIGINAL
          .with(Batching::batchSize, 32)
          .with(Batching::ranks, 32)
          .with(Batching::syncBn, true)
          .with(Optimization::opt, OptimizerChoice.MOMENTUM)
          .with(Optimization::weightDecay, 2e-5)
          .with(LearningRate::epochs, 450)
          .with(LearningRate::lr, 1e-4)
          .with(LearningRate::lrMax, 0.6)
          .with(LearningRate::warmupEpochs, 20)
          .with(Regularization::drop, 0.3)
          .with(Regularization::dropPath, 0.1)
          .with(Regularization::emaDecay, 0.97)
          .with(MixedPrecision::lossScale, 1024.0)
          .with(Augmentations::autoaugment, true);

  /** The original's example for a single device. */
  static final Recipe SINGLE =
      Recipe.ORIGINAL
          .with(Batching::batchSize, 4)
          .with(Regularization::drop, 0.2)
          .with(Regularization::dropPath, 0.2);

  /** The original's example for several devices. */
  static final Recipe DISTRIBUTED = Recipe.ORIGINAL.with(Batching::ranks, 8);

  private static final int STAGES = 6;
  private static final int[] KERNELS = {3, 3, 5, 3, 3, 5};
  private static final int[] STRIDES = {1, 2, 2, 2, 1, 2};
  private static final int[] EXPANSIONS = {1, 3, 3, 6, 6, 6};

  /**
   * Builds an architecture, by default with 1000 classes and images of 224 pixels.
   *
   * @param layers number of blocks in each of the six stages
   * @param channels output width of each stage, before rounding to a multiple of 4
   * @param large whether to use squeeze-and-excite everywhere and hard-swish outside the blocks
   */
  public static Architecture of(List<Integer> layers, List<Integer> channels, boolean large) {
    if (layers.size() != STAGES || channels.size() != STAGES) {
      throw new IllegalArgumentException(
          "layers and channels need six numbers each, found " + layers + " and " + channels);
    }
    if (layers.stream().anyMatch(n -> n < 1) || channels.stream().anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException(
          "layers and channels are at least 1, found " + layers + " and " + channels);
    }
    List<List<Bottleneck>> stages = new ArrayList<>();
    int expansion = 0;
    for (int stage = 0; stage < STAGES; stage++) {
      int out = makeDivisible(channels.get(stage), 4);
      List<Bottleneck> blocks = new ArrayList<>();
      for (int i = 0; i < layers.get(stage); i++) {
        expansion = makeDivisible(expansion(stage, i, channels, large), 4);
        double ratio = large ? 0.1 : smallSqueezeRatio(stage, i);
        int squeeze = ratio == 0 ? 0 : makeDivisible(expansion * ratio, large ? 8 : 4);
        int stride = i == 0 ? STRIDES[stage] : 1;
        blocks.add(new Bottleneck(KERNELS[stage], stride, expansion, out, squeeze));
      }
      stages.add(blocks);
    }
    int last = makeDivisible(channels.get(STAGES - 1), 4);
    int features = Math.max(1280, last * 5);
    return Architecture.of(FAMILY, makeDivisible(channels.get(0), 4), stages, expansion, features)
        .withActivation(large ? Activation.HARD_SWISH : Activation.RELU);
  }

  private static double expansion(int stage, int i, List<Integer> channels, boolean large) {
    if (stage == 0) {
      return channels.get(0);
    }
    if (i == 0) {
      return (double) EXPANSIONS[stage] * channels.get(stage - 1);
    }
    if (stage == 3) {
      return large ? 2.5 * channels.get(3) : i == 1 ? 200 : 184;
    }
    return (double) EXPANSIONS[stage] * channels.get(stage);
  }

  private static double smallSqueezeRatio(int stage, int i) {
    boolean squeezed = stage == 2 || stage == 4 || (stage == 5 && i % 2 == 0);
    return squeezed ? 0.25 : 0;
  }

  /** The nearest multiple of {@code divisor}, never more than 10 % below {@code x}. */
  static int makeDivisible(double x, int divisor) {
    int nearest = Math.max(divisor, (int) (x + divisor / 2.0) / divisor * divisor);
    return nearest < 0.9 * x ? nearest + divisor : nearest;
  }

  @Override
  public String title() {
    return "bignet";
  }

  @Override
  public Optional<String> originalBlock(Architecture architecture, int stage, int i) {
    boolean last = stage == architecture.stages().size();
    return Optional.of("blocks." + stage + (last ? "" : "." + i));
  }

  @Override
  public Interpolation interpolation() {
    return Interpolation.OPENCV;
  }
}
