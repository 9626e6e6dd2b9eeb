package ghostbeam.model.network;

import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A network's tensors and cost, from a forward pass over shapes.
 *
 * @param tensors all tensors in network order
 * @param multiplyAdds multiply-adds of the convolutions and the dense layer for one image, without
 *     biases
 */
public record Outline(List<TensorSpec> tensors, long multiplyAdds) {

  public Outline {
    tensors = List.copyOf(tensors);
  }

  /** The outline of a network at its own input size. */
  public static Outline of(Architecture architecture) {
    return at(architecture, architecture.inputSize());
  }

  /** The outline of a network for square images of the given side. */
  public static Outline at(Architecture architecture, int inputSize) {
    List<TensorSpec> tensors = new ArrayList<>();
    long multiplyAdds = count(architecture, inputSize, tensors::add);
    return new Outline(tensors, multiplyAdds);
  }

  /** Only the multiply-adds of a network's outline, faster for comparing many networks. */
  public static long multiplyAdds(Architecture architecture) {
    return count(architecture, architecture.inputSize(), null);
  }

  private static long count(
      Architecture architecture, int inputSize, Consumer<TensorSpec> tensors) {
    Shapes shapes = new Shapes(tensors);
    architecture.forward(shapes, new Extent(3, inputSize, inputSize));
    return shapes.multiplyAdds;
  }

  /** The number of elements of all trainable tensors. */
  public long trainableParameters() {
    return tensors.stream()
        .filter(tensor -> tensor.kind().trainable())
        .mapToLong(TensorSpec::size)
        .sum();
  }

  private record Extent(int channels, int height, int width) {}

  private static final class Shapes implements Operations<Extent> {
    /** Null where the tensors are not needed. */
    private final Consumer<TensorSpec> tensors;

    private long multiplyAdds;

    Shapes(Consumer<TensorSpec> tensors) {
      this.tensors = tensors;
    }

    private Extent convolve(Convolution layer, Extent x) {
      if (x.channels() != layer.in()) {
        throw new IllegalStateException(layer + " is given " + x.channels() + " channels");
      }
      int inPerGroup = layer.inPerGroup();
      add(
          layer.name(),
          ".weight",
          Kind.CONVOLUTION,
          layer.out(),
          inPerGroup,
          layer.height(),
          layer.width());
      int height = shrink(x.height(), layer.height(), layer.stride());
      int width = shrink(x.width(), layer.width(), layer.stride());
      multiplyAdds += (long) layer.out() * height * width * inPerGroup * layer.taps();
      return new Extent(layer.out(), height, width);
    }

    private static int shrink(int side, int kernel, int stride) {
      return (side + 2 * Convolution.padding(kernel) - kernel) / stride + 1;
    }

    private void add(String layer, String part, Kind kind, int... shape) {
      if (tensors != null) {
        tensors.accept(new TensorSpec(layer + part, kind, Arrays.stream(shape).boxed().toList()));
      }
    }

    @Override
    public Extent convolveAndNormalize(
        Convolution layer, String batchNorm, Activation activation, Extent x) {
      Extent y = convolve(layer, x);
      add(batchNorm, ".weight", Kind.NORM_WEIGHT, layer.out());
      add(batchNorm, ".bias", Kind.NORM_BIAS, layer.out());
      add(batchNorm, ".running_mean", Kind.NORM_MEAN, layer.out());
      add(batchNorm, ".running_var", Kind.NORM_VARIANCE, layer.out());
      return y;
    }

    @Override
    public Extent convolveWithBias(Convolution layer, Activation activation, Extent x) {
      Extent y = convolve(layer, x);
      add(layer.name(), ".bias", Kind.BIAS, layer.out());
      return y;
    }

    @Override
    public Extent globalMean(Extent x) {
      return new Extent(x.channels(), 1, 1);
    }

    @Override
    public Extent averagePool(Extent x) {
      if (x.height() < 2 || x.width() < 2) {
        throw new IllegalArgumentException("the network cannot pool " + x + ": too small images");
      }
      return new Extent(x.channels(), x.height() / 2, x.width() / 2);
    }

    @Override
    public Extent upsample(Extent x, Extent like) {
      return new Extent(x.channels(), like.height(), like.width());
    }

    @Override
    public Extent gate(Extent x, Extent gates) {
      if (!gates.equals(x) && !gates.equals(new Extent(x.channels(), 1, 1))) {
        throw new IllegalStateException("cannot gate " + x + " by " + gates);
      }
      return x;
    }

    @Override
    public Extent concatenate(Extent a, Extent b) {
      return new Extent(a.channels() + b.channels(), a.height(), a.width());
    }

    @Override
    public Extent add(Extent a, Extent b) {
      if (!a.equals(b)) {
        throw new IllegalStateException("cannot add " + a + " and " + b);
      }
      return a;
    }

    @Override
    public Extent dense(String name, int in, int out, Extent x) {
      add(name, ".weight", Kind.DENSE, out, in);
      add(name, ".bias", Kind.BIAS, out);
      multiplyAdds += (long) in * out;
      return new Extent(out, 1, 1);
    }
  }
}
