package ghostbeam.model.network;

import ghostbeam.model.image.Interpolation;

/**
 * GhostNetV2 (Tang et al., NeurIPS 2022) as in timm: GhostNet's blocks, where, from the third block
 * on, the first ghost module is gated by decoupled fully connected (DFC) attention. This aggregates
 * each pixel's surroundings along its row, then along its column, at half the resolution.
 */
public enum GhostNetV2 implements Family {
  FAMILY;

  /** The number of blocks before the first one with attention. */
  private static final int PLAIN = 2;

  /** Kernel length of the attention's convolutions along a row or column. */
  private static final int REACH = 5;

  /** A network of GhostNet's blocks with a multiplier for all widths except the features'. */
  static Architecture of(double width) {
    return GhostNet.of(FAMILY, width, true);
  }

  @Override
  public String title() {
    return "ghostnetv2";
  }

  @Override
  public <T> T forward(Architecture architecture, Operations<T> operations, T image) {
    return new Forward<>(architecture, operations).logits(image);
  }

  @Override
  public Interpolation interpolation() {
    return Interpolation.TORCHVISION;
  }

  /** The last stage has a 32nd of the image's resolution, and attention halves it once more. */
  @Override
  public int smallestImage() {
    return 33;
  }

  private static final class Forward<T> extends GhostForward<T> {
    Forward(Architecture architecture, Operations<T> operations) {
      super(architecture, operations);
    }

    @Override
    T expand(String name, int block, int in, int hidden, T x) {
      T wide = super.expand(name, block, in, hidden, x);
      if (block < PLAIN) {
        return wide;
      }
      T small = attention(name + ".short_conv.", in, hidden, x);
      T gates = operations.upsample(small, wide);
      operations.release(small);
      T gated = operations.gate(wide, gates);
      operations.release(gates);
      operations.release(wide);
      return gated;
    }

    private T attention(String name, int in, int hidden, T x) {
      Convolution point = Convolution.pointwise(name + 0, in, hidden);
      Convolution row = new Convolution(name + 2, hidden, hidden, 1, REACH, 1, hidden);
      Convolution column = new Convolution(name + 4, hidden, hidden, REACH, 1, 1, hidden);
      T y = normalized(point, name + 1, Activation.NONE, operations.averagePool(x));
      y = normalized(row, name + 3, Activation.NONE, y);
      return normalized(column, name + 5, Activation.SIGMOID, y);
    }
  }
}
