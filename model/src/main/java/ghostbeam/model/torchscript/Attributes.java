package ghostbeam.model.torchscript;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Convolution;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The attributes of a module's object, tensors and packed convolutions, numbered in order of use.
 */
final class Attributes {
  private static final String PACKED = "__torch__.torch.classes.xnnpack.Conv2dOpContext";

  private static final String TENSOR = "Tensor";

  private record Attribute(String name, String type, Consumer<PickleWriter> value) {}

  private final List<Attribute> attributes = new ArrayList<>();

  /** Adds what the module's users need to know: its classes and its view of images. */
  void describe(CheckpointInfo info) {
    ValidationView view = info.preprocessing();
    String strings = "List[str]";
    attributes.add(
        new Attribute("classes", strings, pickle -> pickle.tagged(info.classes(), strings)));
    attributes.add(new Attribute("input_size", "int", pickle -> pickle.integer(view.inputSize())));
    attributes.add(
        new Attribute("crop_fraction", "float", pickle -> pickle.real(view.cropFraction())));
    attributes.add(
        new Attribute(
            "interpolation", "str", pickle -> pickle.string(view.interpolation().title())));
  }

  /** Adds a tensor of any shape, row-major; returns the expression that refers to it. */
  String tensor(Precision precision, float[] values, int... shape) {
    return add(TENSOR, pickle -> pickle.tensor(precision, values, shape, rowMajor(shape)));
  }

  /** Adds a layer's weight (out, in / groups, height, width) with channels-last strides. */
  String weight(Precision precision, FoldedLayer layer) {
    return add(TENSOR, pickle -> weight(pickle, precision, layer));
  }

  /** Adds a layer's weight (out, in / groups, height, width), row-major. */
  String planes(Precision precision, FoldedLayer layer) {
    int[] shape = shape(layer);
    return add(TENSOR, pickle -> pickle.tensor(precision, layer.planes(), shape, rowMajor(shape)));
  }

  /** Adds a convolution that XNNPACK packs when the module is loaded. */
  String packedConvolution(FoldedLayer layer, boolean relu) {
    return add(
        PACKED,
        pickle -> {
          Convolution geometry = layer.geometry();
          pickle.newObject(PACKED);
          pickle.mark();
          weight(pickle, Precision.FLOAT32, layer);
          pickle.tensor(Precision.FLOAT32, layer.bias(), new int[] {geometry.out()}, new int[] {1});
          pickle.list(geometry.stride(), geometry.stride());
          pickle.list(
              Convolution.padding(geometry.height()), Convolution.padding(geometry.width()));
          pickle.list(1, 1);
          pickle.integer(geometry.groups());
          if (relu) {
            pickle.real(0);
          } else {
            pickle.none();
          }
          pickle.none();
          pickle.tuple();
          pickle.build();
        });
  }

  private static void weight(PickleWriter pickle, Precision precision, FoldedLayer layer) {
    int[] shape = shape(layer);
    int in = shape[1];
    int width = shape[3];
    int[] channelsLast = {shape[2] * width * in, 1, width * in, in};
    pickle.tensor(precision, layer.weight(), shape, channelsLast);
  }

  private static int[] shape(FoldedLayer layer) {
    Convolution geometry = layer.geometry();
    return new int[] {geometry.out(), geometry.inPerGroup(), geometry.height(), geometry.width()};
  }

  private static int[] rowMajor(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  private String add(String type, Consumer<PickleWriter> value) {
    String name = "a" + attributes.size();
    attributes.add(new Attribute(name, type, value));
    return "self." + name;
  }

  /**
   * The declarations in the class's source. Tensors are buffers, so that {@code module.to()} moves
   * them.
   */
  String declarations() {
    String buffers =
        attributes.stream()
            .filter(attribute -> attribute.type.equals(TENSOR))
            .map(attribute -> '"' + attribute.name + '"')
            .collect(Collectors.joining(", ", "[", "]"));
    StringBuilder text = new StringBuilder("  __parameters__ = []\n");
    text.append("  __buffers__ = ").append(buffers).append('\n');
    text.append("  training : bool\n");
    for (Attribute attribute : attributes) {
      text.append("  ").append(attribute.name).append(" : ").append(attribute.type).append('\n');
    }
    return text.toString();
  }

  /** The module's object, an instance of the given class. */
  PickleWriter pickle(String className) {
    PickleWriter pickle = new PickleWriter();
    pickle.newObject(className);
    pickle.emptyDictionary();
    pickle.mark();
    pickle.string("training");
    pickle.bool(false);
    for (Attribute attribute : attributes) {
      pickle.string(attribute.name);
      attribute.value.accept(pickle);
    }
    pickle.setItems();
    pickle.build();
    pickle.stop();
    return pickle;
  }
}
