package ghostbeam.model.torchscript;

import ghostbeam.model.network.Convolution;
import java.util.Locale;

/** Which of PyTorch's kernels a module's convolutions call. */
enum Kernels {
  /**
   * XNNPACK's, weights packed when the module is loaded, ReLU fused. Each sum is taken in an order
   * that depends on the layer alone, so an image's logits are the same bits in a batch of any size.
   * A module must not run on two threads at once.
   */
  XNNPACK(Precision.FLOAT32, false) {
    @Override
    String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
      return "ops.prepacked.conv2d_clamp_run(%s, %s)"
          .formatted(x, attributes.packedConvolution(layer, relu));
    }
  },

  /**
   * Whatever PyTorch has on the device at hand, by the settings of its backends; any libtorch runs
   * it. It computes by planes, since some releases' 1×1 convolutions with channels side by side in
   * memory give wrong sums on some processors.
   */
  PORTABLE(Precision.FLOAT32, true),

  /** The same in bf16. */
  PORTABLE_BF16(Precision.BF16, true),

  /**
   * oneDNN's in bf16 with ReLU fused, the same bits a tenth quicker. It refuses processors without
   * AVX-512, which is asked when the module runs.
   */
  ONEDNN_BF16(Precision.BF16, false) {
    @Override
    String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
      String operands = operands(layer, attributes);
      String unfused = unfused(layer, relu, x, operands);
      Convolution geometry = layer.geometry();
      return relu
          ? String.format(
              Locale.ROOT,
              "ops.mkldnn._convolution_pointwise(%s, %s, %s, %s, [1, 1], %d, \"relu\","
                  + " annotate(List[Optional[number]], []), \"\")"
                  + " if ops.mkldnn._is_mkldnn_bf16_supported() else %s",
              x,
              operands,
              padding(geometry),
              stride(geometry),
              geometry.groups(),
              unfused)
          : unfused;
    }
  };

  private final Precision precision;
  private final boolean planar;

  Kernels(Precision precision, boolean planar) {
    this.precision = precision;
    this.planar = planar;
  }

  /** Weight and bias. */
  String operands(FoldedLayer layer, Attributes attributes) {
    String bias = attributes.tensor(precision, layer.bias(), layer.bias().length);
    String weight =
        planar ? attributes.planes(precision, layer) : attributes.weight(precision, layer);
    return weight + ", " + bias;
  }

  private static String unfused(FoldedLayer layer, boolean relu, String x, String operands) {
    Convolution geometry = layer.geometry();
    String convolved =
        String.format(
            Locale.ROOT,
            "torch.conv2d(%s, %s, %s, %s, [1, 1], %d)",
            x,
            operands,
            stride(geometry),
            padding(geometry),
            geometry.groups());
    return relu ? "torch.relu_(%s)".formatted(convolved) : convolved;
  }

  private static String stride(Convolution geometry) {
    return "[%1$d, %1$d]".formatted(geometry.stride());
  }

  private static String padding(Convolution geometry) {
    return "[%d, %d]"
        .formatted(Convolution.padding(geometry.height()), Convolution.padding(geometry.width()));
  }

  /** Type of what is convolved and of what comes out. */
  Precision precision() {
    return precision;
  }

  /** Whether images and weights come plane by plane; otherwise channels side by side. */
  boolean planar() {
    return planar;
  }

  /** The expression that convolves variable {@code x}, (N,in,H,W) → (N,out,H',W'). */
  String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
    return unfused(layer, relu, x, operands(layer, attributes));
  }
}
