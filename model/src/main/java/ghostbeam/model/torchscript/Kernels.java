package ghostbeam.model.torchscript;

import ghostbeam.model.network.Convolution;
import java.util.Locale;

/** The PyTorch kernels that a module's convolutions call. */
enum Kernels {
  /**
   * XNNPACK's, with weights packed when the module is loaded and fused ReLU. The order of each sum
   * depends only on the layer, so an image's logits are bit-identical in a batch of any size. A
   * module must not run on two threads at once.
   */
  XNNPACK(Precision.FLOAT32, false) {
    @Override
    String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
      return "ops.prepacked.conv2d_clamp_run(%s, %s)"
          .formatted(x, attributes.packedConvolution(layer, relu));
    }
  },

  /**
   * PyTorch's default kernels for the device, subject to its backends' settings; runs in any
   * libtorch. It computes with planes, since some releases' channels-last 1×1 convolutions are
   * wrong on some processors.
   */
  PORTABLE(Precision.FLOAT32, true),

  /** The same in bf16. */
  PORTABLE_BF16(Precision.BF16, true),

  /**
   * oneDNN's in bf16 with fused ReLU, a tenth faster than without fusing and bit-identical. It
   * rejects processors without AVX-512, so the module checks for support when it runs.
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

  /** The type of the inputs and outputs. */
  Precision precision() {
    return precision;
  }

  /** Whether images and weights are contiguous planes; otherwise channels last. */
  boolean planar() {
    return planar;
  }

  /** The expression for the convolution of variable {@code x}, (N,in,H,W) → (N,out,H',W'). */
  String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
    return unfused(layer, relu, x, operands(layer, attributes));
  }
}
