package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes parameters by their gradients, in place; owns its state, which starts at zero.
 *
 * <p>With g the gradient plus decay · p where weight decay applies: {@link Momentum} is v ← m·v +
 * g, p ← p − rate·v, without dampening or Nesterov. {@link RmsProp} is s ← d·s + (1 − d)·g², v ←
 * m·v + rate·g/√(s + ε), p ← p − v: ε inside of the root, the rate inside of the momentum.
 */
public abstract sealed class Optimizer implements AutoCloseable {
  private final NDManager manager;
  private final List<Parameter> parameters;
  private final double decay;
  private final WeightDecay rule;
  final List<NDArray> velocities = new ArrayList<>();

  private Optimizer(List<Parameter> parameters, double decay, WeightDecay rule) {
    this.parameters = List.copyOf(parameters);
    this.decay = decay;
    this.rule = rule;
    this.manager = parameters.get(0).array().getManager().newSubManager();
    for (Parameter parameter : parameters) {
      velocities.add(state(parameter, 0));
    }
  }

  final NDArray state(Parameter parameter, double start) {
    NDArray array = parameter.array();
    NDArray state = manager.zeros(array.getShape(), array.getDataType());
    return start == 0 ? state : state.addi(start);
  }

  final List<Parameter> parameters() {
    return parameters;
  }

  /** One step with the gradients gathered; must run without recording gradients. */
  public final void step(double rate) {
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      try (NDArray gradient = parameter.gradient()) {
        if (decay != 0 && rule.appliesTo(parameter.spec().kind())) {
          try (NDArray pull = parameter.array().mul(decay)) {
            gradient.addi(pull);
          }
        }
        update(i, parameter.array(), gradient, rate);
      }
    }
  }

  abstract void update(int i, NDArray parameter, NDArray gradient, double rate);

  @Override
  public void close() {
    manager.close();
  }

  /** Plain momentum. */
  public static final class Momentum extends Optimizer {
    private final double momentum;

    public Momentum(List<Parameter> parameters, double momentum, double decay, WeightDecay rule) {
      super(parameters, decay, rule);
      this.momentum = momentum;
    }

    @Override
    void update(int i, NDArray parameter, NDArray gradient, double rate) {
      NDArray velocity = velocities.get(i).muli(momentum).addi(gradient);
      try (NDArray change = velocity.mul(rate)) {
        parameter.subi(change);
      }
    }
  }

  /** Root mean square of gradients, not centred. */
  public static final class RmsProp extends Optimizer {
    /** Where MindSpore's current versions start the mean square. */
    public static final double ORIGINAL_START = 1;

    private static final double MEAN_SQUARE_DECAY = 0.9;

    private final double momentum;
    private final double epsilon;
    private final List<NDArray> meanSquares = new ArrayList<>();

    public RmsProp(
        List<Parameter> parameters,
        double momentum,
        double epsilon,
        double meanSquareStart,
        double decay,
        WeightDecay rule) {
      super(parameters, decay, rule);
      this.momentum = momentum;
      this.epsilon = epsilon;
      parameters.forEach(parameter -> meanSquares.add(state(parameter, meanSquareStart)));
    }

    @Override
    void update(int i, NDArray parameter, NDArray gradient, double rate) {
      try (NDArray square = gradient.mul(gradient)) {
        meanSquares.get(i).muli(MEAN_SQUARE_DECAY).addi(square.muli(1 - MEAN_SQUARE_DECAY));
      }
      try (NDArray shifted = meanSquares.get(i).add(epsilon);
          NDArray root = shifted.sqrt();
          NDArray scaled = gradient.div(root)) {
        parameter.subi(velocities.get(i).muli(momentum).addi(scaled.muli(rate)));
      }
    }
  }
}
