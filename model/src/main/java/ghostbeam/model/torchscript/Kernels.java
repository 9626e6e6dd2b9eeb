package ghostbeam.model.torchscript;

import java.util.List;
import java.util.Locale;

/** Which of PyTorch's kernels a module's convolutions call. */
enum Kernels {
  /**
   * XNNPACK's, weights packed when the module is loaded, ReLU fused. Each sum is taken in an order
   * that depends on the layer alone, so an image's logits are the same bits in a batch of any size.
   * A module must not run on two threads at once.
   */
  XNNPACK {
    @Override
    String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
      return "ops.prepacked.conv2d_clamp_run(%s, %s)"
          .formatted(x, attributes.packedConvolution(layer, relu));
    }
  },

  /** Whatever PyTorch has on the device at hand; any libtorch runs it. */
  PORTABLE {
    @Override
    String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
      return unfused(Precision.FLOAT32, layer, relu, x, attributes);
    }
  },

  /** The same in bf16. */
  BF16 {
    @Override
    String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes) {
      return unfused(Precision.BF16, layer, relu, x, attributes);
    }
  };

  private static String unfused(
      Precision precision, FoldedLayer layer, boolean relu, String x, Attributes attributes) {
    String convolved =
        String.format(
            Locale.ROOT,
            "torch._convolution(%s, %s, %s, %s, %s, [1, 1], False, [0, 0], %d, False, False, True, True)",
            x,
            attributes.weight(precision, layer),
            attributes.tensor(precision, layer.bias(), layer.bias().length),
            List.of(layer.geometry().stride(), layer.geometry().stride()),
            List.of(layer.geometry().padding(), layer.geometry().padding()),
            layer.geometry().groups());
    return relu ? "torch.relu_(%s)".formatted(convolved) : convolved;
  }

  /** Type of what is convolved and of what comes out. */
  Precision precision() {
    return this == BF16 ? Precision.BF16 : Precision.FLOAT32;
  }

  /** The expression that convolves variable {@code x}, (N,in,H,W) → (N,out,H',W'). */
  abstract String convolution(FoldedLayer layer, boolean relu, String x, Attributes attributes);
}
