package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import ghostbeam.model.tensor.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tensors of one group in one flat array, so that updating all of them takes a few operators rather
 * than a few for each; small enough to stay in the processor's cache during an update.
 *
 * @param parameters the tensors, views of the array
 * @param values all their elements, flat
 */
public record Bucket(List<Parameter> parameters, NDArray values) {
  /** The maximum number of elements; a larger tensor gets its own bucket. */
  private static final int MAX_ELEMENTS = 1 << 19;

  /** Kinds of tensors that optimisers treat alike. */
  private enum Group {
    MATRIX,
    BIAS,
    NORM,
    STATISTIC;

    static Group of(TensorSpec spec) {
      return switch (spec.kind()) {
        case CONVOLUTION, DENSE -> MATRIX;
        case BIAS -> BIAS;
        case NORM_WEIGHT, NORM_BIAS -> NORM;
        case NORM_MEAN, NORM_VARIANCE -> STATISTIC;
      };
    }
  }

  public Bucket {
    parameters = List.copyOf(parameters);
  }

  /**
   * Copies weights into buckets, by group, then in network order.
   *
   * @param manager owns the arrays
   * @param precision FLOAT32 or FLOAT64
   */
  public static List<Bucket> of(NDManager manager, Weights weights, DataType precision) {
    List<TensorSpec> specs =
        weights.specs().stream().sorted(Comparator.comparing(Group::of)).toList();
    List<Bucket> buckets = new ArrayList<>();
    List<TensorSpec> open = new ArrayList<>();
    for (TensorSpec spec : specs) {
      boolean fits =
          !open.isEmpty()
              && Group.of(open.get(0)) == Group.of(spec)
              && elements(open) + spec.size() <= MAX_ELEMENTS;
      if (!open.isEmpty() && !fits) {
        buckets.add(filled(manager, open, weights, precision));
        open.clear();
      }
      open.add(spec);
    }
    buckets.add(filled(manager, open, weights, precision));
    return buckets;
  }

  private static int elements(List<TensorSpec> specs) {
    return specs.stream().collect(Collectors.summingInt(TensorSpec::size));
  }

  private static Bucket filled(
      NDManager manager, List<TensorSpec> specs, Weights weights, DataType precision) {
    float[] flat = new float[elements(specs)];
    int at = 0;
    for (TensorSpec spec : specs) {
      System.arraycopy(weights.get(spec.name()), 0, flat, at, spec.size());
      at += spec.size();
    }
    NDArray values;
    try (NDArray single = manager.create(flat)) {
      // A copy, since an array made from Java memory is valid only as long as that memory.
      values = precision == DataType.FLOAT32 ? single.duplicate() : single.toType(precision, true);
    }
    List<Parameter> parameters = views(specs, values);
    parameters.stream()
        .filter(parameter -> parameter.spec().kind().trainable())
        .forEach(parameter -> parameter.array().setRequiresGradient(true));
    return new Bucket(parameters, values);
  }

  private static List<Parameter> views(List<TensorSpec> specs, NDArray flat) {
    List<NDArray> parts = parts(specs, flat);
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new Parameter(specs.get(i), parts.get(i)))
        .toList();
  }

  /** Cuts a flat array into views in the tensors' shapes. */
  private static List<NDArray> parts(List<TensorSpec> specs, NDArray flat) {
    if (specs.size() == 1) {
      return List.of(flat.reshape(shape(specs.get(0))));
    }
    long[] starts = new long[specs.size() - 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (i == 0 ? 0 : starts[i - 1]) + specs.get(i).size();
    }
    NDList pieces = flat.split(starts);
    List<NDArray> parts = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      try (NDArray piece = pieces.get(i)) {
        parts.add(piece.reshape(shape(specs.get(i))));
      }
    }
    return parts;
  }

  private static Shape shape(TensorSpec spec) {
    return new Shape(spec.shape().stream().mapToLong(Integer::longValue).toArray());
  }

  /** Whether its tensors are trained by gradients, unlike batch norm's running statistics. */
  public boolean trainable() {
    return kind().trainable();
  }

  /** The kind of its first tensor; weight decay treats all its tensors alike. */
  Kind kind() {
    return parameters.get(0).spec().kind();
  }

  /** The same tensors with other values. */
  Bucket with(NDArray flat) {
    return new Bucket(views(parameters.stream().map(Parameter::spec).toList(), flat), flat);
  }

  /** The gradients accumulated on its tensors, flat; the caller closes it. */
  public NDArray gradient() {
    NDList flat = new NDList();
    try {
      for (Parameter parameter : parameters) {
        try (NDArray gradient = parameter.gradient()) {
          flat.add(gradient.reshape(parameter.spec().size()));
        }
      }
      return NDArrays.concat(flat);
    } finally {
      flat.close();
    }
  }

  /** Whether all elements of its tensors are finite. */
  public boolean hasFiniteValues() {
    try (NDArray zeros = values.mul(0);
        NDArray sum = zeros.sum();
        NDArray total = sum.toType(DataType.FLOAT64, true)) {
      // Zero times infinity is NaN, and so is any sum that includes it.
      return total.getDouble() == 0;
    }
  }

  /** Sets the accumulated gradients to zero. */
  public void clearGradients() {
    parameters.forEach(Parameter::clearGradient);
  }
}
