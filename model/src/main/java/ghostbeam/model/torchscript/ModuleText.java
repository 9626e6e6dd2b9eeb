package ghostbeam.model.torchscript;

import ghostbeam.model.image.Normalization;
import ghostbeam.model.network.Activation;
import ghostbeam.model.network.Convolution;
import ghostbeam.model.network.Operations;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.Value.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes the forward pass as the body of a TorchScript method, one assignment per line.
 *
 * <p>Sums and gates overwrite their first operand, which the forward pass always releases right
 * after. {@code release} does nothing: the TorchScript interpreter frees a tensor after its last
 * use.
 */
final class ModuleText implements Operations<Value> {
  private final Weights weights;
  private final Kernels maps;
  private final Kernels features;
  private final Attributes attributes;
  private final StringBuilder body = new StringBuilder();
  private int variables;
  private boolean stem = true;

  /**
   * @param maps kernels for feature maps
   * @param features kernels for pooled features, float32
   */
  ModuleText(Weights weights, Kernels maps, Kernels features, Attributes attributes) {
    this.weights = weights;
    this.maps = maps;
    this.features = features;
    this.attributes = attributes;
  }

  /** The statements so far. */
  String body() {
    return body.toString();
  }

  /**
   * Converts images (N,H,W,3) of samples from 0 to 255, uint8 or float32, to (N,3,H,W) and
   * subtracts the mean. The division by the standard deviation is folded into the stem; the mean
   * cannot be, since the stem pads with 0 after normalisation.
   */
  Value pixels(String images) {
    String mean = attributes.tensor(Precision.FLOAT32, Normalization.means(), 1, 3);
    // A whole row of means: broadcasting over three samples would not be vectorised.
    String means = assign("torch.repeat(%s, [torch.size(%s, 2), 1])".formatted(mean, images));
    String centered = assign("torch.sub(%s, %s)".formatted(cast(Precision.FLOAT32, images), means));
    String channelsFirst = assign("torch.permute(%s, [0, 3, 1, 2])".formatted(centered));
    String image =
        maps.planar() ? assign("torch.contiguous(%s)".formatted(channelsFirst)) : channelsFirst;
    return Value.of(inMaps(image), 3);
  }

  @Override
  public Value convolveAndNormalize(
      Convolution layer, String batchNorm, Activation activation, Value x) {
    FoldedLayer folded =
        stem
            ? FoldedLayer.normalized(weights, layer, batchNorm, Normalization.deviations())
            : FoldedLayer.normalized(weights, layer, batchNorm);
    stem = false;
    return convolution(maps, folded, activation, x);
  }

  @Override
  public Value convolveWithBias(Convolution layer, Activation activation, Value x) {
    return convolution(features, FoldedLayer.biased(weights, layer), activation, x);
  }

  private Value convolution(Kernels kernels, FoldedLayer layer, Activation activation, Value x) {
    Convolution geometry = layer.geometry();
    if (x.parts().size() == 1) {
      return Value.of(
          convolution(kernels, layer, activation, x.parts().get(0).variable()), geometry.out());
    }
    if (geometry.groups() > 1) {
      return channelByChannel(kernels, layer, activation, x);
    }
    // Summing narrow outputs costs less than concatenating wide inputs.
    if (activation == Activation.NONE && geometry.out() < geometry.in()) {
      return Value.of(summed(kernels, layer, x), geometry.out());
    }
    return convolution(kernels, layer, activation, joined(x));
  }

  private Value channelByChannel(
      Kernels kernels, FoldedLayer layer, Activation activation, Value x) {
    List<Part> results = new ArrayList<>();
    int from = 0;
    for (Part part : x.parts()) {
      FoldedLayer own = layer.channels(from, from + part.channels());
      results.add(
          new Part(convolution(kernels, own, activation, part.variable()), part.channels()));
      from += part.channels();
    }
    return new Value(results);
  }

  private String summed(Kernels kernels, FoldedLayer layer, Value x) {
    String sum = null;
    int from = 0;
    for (Part part : x.parts()) {
      FoldedLayer own = layer.inputs(from, from + part.channels());
      String term = convolution(kernels, own, Activation.NONE, part.variable());
      sum = sum == null ? term : assign("torch.add_(%s, %s)".formatted(sum, term));
      from += part.channels();
    }
    return sum;
  }

  private String convolution(Kernels kernels, FoldedLayer layer, Activation activation, String x) {
    boolean relu = activation == Activation.RELU;
    String y = assign(kernels.convolution(layer, relu, x, attributes));
    return switch (activation) {
      case NONE, RELU -> y;
      case HARD_SWISH -> assign("torch.hardswish_(%s)".formatted(y));
      case HARD_SIGMOID -> assign("torch.hardsigmoid_(%s)".formatted(y));
      case SIGMOID -> {
        int channels = layer.geometry().out();
        sigmoid(y, 0, channels / 2);
        sigmoid(y, channels / 2, channels);
        yield y;
      }
    };
  }

  /**
   * The sigmoid of a range of channels, in place. PyTorch processes contiguous elements eight or
   * more at a time and the remainder one by one, with different rounding. For half of the channels
   * each pixel is its own contiguous run, so the remainder is the same for any batch size.
   */
  private void sigmoid(String y, int from, int to) {
    assign("torch.sigmoid_(%s)".formatted(channels(y, from, to)));
  }

  @Override
  public Value globalMean(Value x) {
    int type = Precision.FLOAT32.scalarType();
    return joined(each(x, part -> "torch.mean(%s, [2, 3], True, dtype=%s)".formatted(part, type)));
  }

  private String channels(String variable, int from, int to) {
    return assign(String.format(Locale.ROOT, "torch.slice(%s, 1, %d, %d, 1)", variable, from, to));
  }

  @Override
  public Value averagePool(Value x) {
    return each(
        x,
        part -> "torch.avg_pool2d(%s, [2, 2], [2, 2], [0, 0], False, True, None)".formatted(part));
  }

  @Override
  public Value upsample(Value x, Value like) {
    String model = like.parts().get(0).variable();
    String size = "[torch.size(%1$s, 2), torch.size(%1$s, 3)]".formatted(model);
    return each(x, part -> "torch.upsample_nearest2d(%s, %s, None, None)".formatted(part, size));
  }

  @Override
  public Value gate(Value x, Value gates) {
    List<Part> gated = new ArrayList<>();
    String all = inMaps(variable(gates));
    int from = 0;
    for (Part part : x.parts()) {
      String own = channels(all, from, from + part.channels());
      gated.add(
          new Part(assign("torch.mul_(%s, %s)".formatted(part.variable(), own)), part.channels()));
      from += part.channels();
    }
    return new Value(gated);
  }

  @Override
  public Value concatenate(Value a, Value b) {
    List<Part> parts = new ArrayList<>(a.parts());
    parts.addAll(b.parts());
    return new Value(parts);
  }

  @Override
  public Value add(Value a, Value b) {
    if (!widths(a).equals(widths(b))) {
      return Value.of(
          assign("torch.add_(%s, %s)".formatted(variable(joined(a)), variable(joined(b)))),
          a.channels());
    }
    List<Part> sums = new ArrayList<>();
    for (int i = 0; i < a.parts().size(); i++) {
      Part part = a.parts().get(i);
      String other = b.parts().get(i).variable();
      sums.add(
          new Part(
              assign("torch.add_(%s, %s)".formatted(part.variable(), other)), part.channels()));
    }
    return new Value(sums);
  }

  private static List<Integer> widths(Value x) {
    return x.parts().stream().map(Part::channels).toList();
  }

  /**
   * Computed as a 1×1 convolution of a 1×1 image, since a matrix product's rounding may depend on
   * the batch's size.
   */
  @Override
  public Value dense(String name, int in, int out, Value x) {
    Convolution geometry = new Convolution(name, in, out, 1, 1, 1);
    Value logits = convolveWithBias(geometry, Activation.NONE, x);
    return each(logits, part -> "torch.flatten(%s, 1, -1)".formatted(part));
  }

  /** The variable of a value that has only one. */
  static String variable(Value x) {
    if (x.parts().size() != 1) {
      throw new IllegalStateException("a value of " + x.parts().size() + " variables");
    }
    return x.parts().get(0).variable();
  }

  /** A float32 variable in the feature maps' type. */
  private String inMaps(String variable) {
    return maps.precision() == Precision.FLOAT32 ? variable : cast(maps.precision(), variable);
  }

  private String cast(Precision precision, String variable) {
    return assign(String.format(Locale.ROOT, "torch.to(%s, %d)", variable, precision.scalarType()));
  }

  private Value joined(Value x) {
    if (x.parts().size() == 1) {
      return x;
    }
    String variables =
        x.parts().stream().map(Part::variable).collect(Collectors.joining(", ", "[", "]"));
    return Value.of(assign("torch.cat(%s, 1)".formatted(variables)), x.channels());
  }

  private Value each(Value x, UnaryOperator<String> expression) {
    return new Value(
        x.parts().stream()
            .map(part -> new Part(assign(expression.apply(part.variable())), part.channels()))
            .toList());
  }

  private String assign(String expression) {
    String variable = "v" + ++variables;
    body.append("    ").append(variable).append(" = ").append(expression).append('\n');
    return variable;
  }
}
