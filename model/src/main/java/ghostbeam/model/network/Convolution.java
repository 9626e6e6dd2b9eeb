package ghostbeam.model.network;

/**
 * A square convolution, padded so that stride 1 keeps the size. Its weight is named {@code
 * name.weight}, shape (out, in / groups, kernel, kernel).
 */
public record Convolution(String name, int in, int out, int kernel, int stride, int groups) {

  static Convolution pointwise(String name, int in, int out) {
    return new Convolution(name, in, out, 1, 1, 1);
  }

  static Convolution depthwise(String name, int channels, int kernel, int stride) {
    return new Convolution(name, channels, channels, kernel, stride, channels);
  }

  /** Rows and columns added on each side. */
  public int padding() {
    return (kernel - 1) / 2;
  }
}
