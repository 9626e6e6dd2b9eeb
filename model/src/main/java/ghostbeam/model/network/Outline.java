package ghostbeam.model.network;

import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * What a forward pass of shapes tells of a network.
 *
 * @param tensors every tensor in network order
 * @param multiplyAdds of convolutions and the dense layer for one image; biases not counted
 */
public record Outline(List<TensorSpec> tensors, long multiplyAdds) {

  public Outline {
    tensors = List.copyOf(tensors);
  }

  /** The outline of a network at its own input size. */
  public static Outline of(Architecture architecture) {
    return at(architecture, architecture.inputSize());
  }

  /** The outline of a network for square images of another size. */
  public static Outline at(Architecture architecture, int inputSize) {
    Shapes shapes = new Shapes();
    architecture.forward(shapes, new Extent(3, inputSize, inputSize));
    return new Outline(shapes.tensors, shapes.multiplyAdds);
  }

  /** Elements of all tensors that gradients change. */
  public long trainableParameters() {
    return tensors.stream()
        .filter(tensor -> tensor.kind().trainable())
        .mapToLong(TensorSpec::size)
        .sum();
  }

  private record Extent(int channels, int height, int width) {}

  private static final class Shapes implements Operations<Extent> {
    private final List<TensorSpec> tensors = new ArrayList<>();
    private long multiplyAdds;

    private Extent convolve(Convolution layer, Extent x) {
      if (x.channels() != layer.in()) {
        throw new IllegalStateException(layer + " is given " + x.channels() + " channels");
      }
      int inPerGroup = layer.in() / layer.groups();
      add(
          layer.name() + ".weight",
          Kind.CONVOLUTION,
          layer.out(),
          inPerGroup,
          layer.kernel(),
          layer.kernel());
      Extent y = new Extent(layer.out(), shrink(x.height(), layer), shrink(x.width(), layer));
      multiplyAdds +=
          (long) y.channels()
              * y.height()
              * y.width()
              * inPerGroup
              * layer.kernel()
              * layer.kernel();
      return y;
    }

    private static int shrink(int side, Convolution layer) {
      return (side + 2 * layer.padding() - layer.kernel()) / layer.stride() + 1;
    }

    private void add(String name, Kind kind, Integer... shape) {
      tensors.add(new TensorSpec(name, kind, List.of(shape)));
    }

    @Override
    public Extent convolveAndNormalize(
        Convolution layer, String batchNorm, Activation activation, Extent x) {
      Extent y = convolve(layer, x);
      add(batchNorm + ".weight", Kind.NORM_WEIGHT, layer.out());
      add(batchNorm + ".bias", Kind.NORM_BIAS, layer.out());
      add(batchNorm + ".running_mean", Kind.NORM_MEAN, layer.out());
      add(batchNorm + ".running_var", Kind.NORM_VARIANCE, layer.out());
      return y;
    }

    @Override
    public Extent convolveWithBias(Convolution layer, Activation activation, Extent x) {
      Extent y = convolve(layer, x);
      add(layer.name() + ".bias", Kind.BIAS, layer.out());
      return y;
    }

    @Override
    public Extent globalMean(Extent x) {
      return new Extent(x.channels(), 1, 1);
    }

    @Override
    public Extent gate(Extent x, Extent gates) {
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
    public Extent dropPath(double depth, Extent x) {
      return x;
    }

    @Override
    public Extent dropFeatures(Extent x) {
      return x;
    }

    @Override
    public Extent dense(String name, int in, int out, Extent x) {
      add(name + ".weight", Kind.DENSE, out, in);
      add(name + ".bias", Kind.BIAS, out);
      multiplyAdds += (long) in * out;
      return new Extent(out, 1, 1);
    }

    @Override
    public void release(Extent x) {}
  }
}
