package ghostbeam.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.input.Batch;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.WeightAverage;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.step.ArrayExchange;
import ghostbeam.model.step.TrainingNetwork;
import ghostbeam.model.step.TrainingStep;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A network, its optimiser and its weight average. Owns them, off-heap. */
final class Learner implements AutoCloseable {
  private final int side;
  private final TrainingNetwork network;
  private final Optimizer optimizer;
  private final WeightAverage average;
  private final TrainingStep step;
  private final Collective collective;

  /** Creates a rank's learner, which learns together with those of the other ranks. */
  Learner(TrainingSpec spec, Weights start, Collective collective) {
    Recipe recipe = spec.recipe();
    this.collective = collective;
    this.side = spec.architecture().inputSize();
    this.network =
        new TrainingNetwork(
            spec.architecture(),
            start,
            DataType.FLOAT32,
            recipe.mixedPrecision().ampLevel(),
            recipe.regularization());
    this.optimizer = recipe.optimization().optimizer(network.buckets());
    Regularization how = recipe.regularization();
    this.average =
        how.emaDecay() == 0
            ? null
            : new WeightAverage(network.buckets(), how.emaDecay(), how.emaWarmup());
    this.step = new TrainingStep(network, recipe, optimizer, collective);
  }

  /**
   * Runs the forward and backward pass of one batch of a step.
   *
   * @param random the step's generator, in its initial state for each batch
   */
  void gather(Batch batch, RandomGenerator random) {
    Shape shape = new Shape(batch.share().count(), side, side, 3);
    step.gather(
        manager -> manager.create(batch.images(), shape, DataType.FLOAT32),
        batch.targets(),
        batch.share(),
        random);
  }

  /** Ends the step; updates the average only if the step learned. */
  TrainingStep.Outcome update(double rate) {
    TrainingStep.Outcome outcome = step.update(rate);
    if (average != null && outcome.learned()) {
      average.update();
    }
    return outcome;
  }

  /**
   * Whether a step that did not learn is merely skipped, since gradients can overflow in float16.
   */
  boolean skips(TrainingStep.Outcome outcome) {
    return network.half() && Double.isFinite(outcome.loss());
  }

  /** Whether it computes in float16 on a CPU, where that is slower than float32. */
  boolean isHalfOnCpu() {
    return network.half() && !network.manager().getDevice().isGpu();
  }

  /** A copy of the weights. */
  Weights weights() {
    return network.weights();
  }

  /** A copy of the averaged weights, where they are averaged. */
  Optional<Weights> averaged() {
    return Optional.ofNullable(average).map(all -> network.weights(all.averages()));
  }

  /** A copy of all training state, as flat arrays by name. */
  Map<String, float[]> state() {
    Map<String, float[]> state = new LinkedHashMap<>();
    arrays().forEach((name, array) -> state.put(name, array.toFloatArray()));
    return state;
  }

  /**
   * Restores a state.
   *
   * @throws IllegalArgumentException where it does not fit this learner
   */
  void restore(Map<String, float[]> state) {
    Map<String, NDArray> arrays = arrays();
    if (!state.keySet().equals(arrays.keySet())) {
      throw new IllegalArgumentException(
          "it holds " + state.keySet() + " instead of " + arrays.keySet());
    }
    arrays.forEach(
        (name, array) -> {
          float[] values = state.get(name);
          if (values.length != array.size()) {
            throw new IllegalArgumentException(
                "its %s has %d values instead of %d".formatted(name, values.length, array.size()));
          }
          try (NDArray copy = array.getManager().create(values)) {
            array.set(new NDIndex(":"), copy);
          }
        });
  }

  /** Broadcasts rank 0's training state to all ranks. */
  void followRankZero() {
    arrays().values().forEach(array -> ArrayExchange.broadcast(collective, array));
  }

  /**
   * Checks that all ranks hold the same state.
   *
   * @throws IOException on every rank, naming those that differ from rank 0
   */
  void requireSameOnAllRanks(int epoch) throws IOException {
    double[][] digests = collective.gather((double) ArrayExchange.digest(arrays().values()));
    List<Integer> others =
        IntStream.range(0, digests.length)
            .filter(rank -> digests[rank][0] != digests[0][0])
            .boxed()
            .toList();
    if (!others.isEmpty()) {
      throw new AdvisedException(
          "after epoch %d the weights of rank %s are not those of rank 0: its machine computes other bits"
              .formatted(
                  epoch, others.stream().map(String::valueOf).collect(Collectors.joining(", "))),
          ModelRemedy.EQUAL_MACHINES.with());
    }
  }

  /**
   * Checks that the weights and their averages are finite. The loss does not show it: it does not
   * depend on batch norm's running statistics, nor yet on the last step's weights.
   *
   * @throws DivergedException on every rank, since all hold the same weights
   */
  void requireFinite(int epoch, long step) {
    Stream<Bucket> averages = average == null ? Stream.of() : average.averages().stream();
    if (!Stream.concat(network.buckets().stream(), averages).allMatch(Bucket::hasFiniteValues)) {
      throw new DivergedException(
          "weights are no longer finite at epoch %d, step %d".formatted(epoch, step),
          ModelRemedy.LOWER_LEARNING_RATE.with());
    }
  }

  private Map<String, NDArray> arrays() {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    put(arrays, "weights.", network.buckets().stream().map(Bucket::values).toList());
    put(arrays, "optimizer.", optimizer.state());
    if (average != null) {
      put(arrays, "average.", average.state());
    }
    return arrays;
  }

  private static void put(Map<String, NDArray> arrays, String prefix, List<NDArray> values) {
    for (int i = 0; i < values.size(); i++) {
      arrays.put(prefix + i, values.get(i));
    }
  }

  @Override
  public void close() {
    if (average != null) {
      average.close();
    }
    optimizer.close();
    network.close();
  }
}
