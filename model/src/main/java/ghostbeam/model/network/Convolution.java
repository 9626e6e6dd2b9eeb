package ghostbeam.model.network;

/**
 * A convolution whose kernel has odd sides, padded so that stride 1 keeps the size. Its weight is
 * named {@code name.weight}, shape (out, in / groups, height, width).
 *
 * @param height of the kernel
 * @param width of the kernel
 */
public record Convolution(
    String name, int in, int out, int height, int width, int stride, int groups) {

  /** A convolution whose kernel is square. */
  public Convolution(String name, int in, int out, int kernel, int stride, int groups) {
    this(name, in, out, kernel, kernel, stride, groups);
  }

  static Convolution pointwise(String name, int in, int out) {
    return new Convolution(name, in, out, 1, 1, 1);
  }

  static Convolution depthwise(String name, int channels, int kernel, int stride) {
    return new Convolution(name, channels, channels, kernel, stride, channels);
  }

  /** The number of elements of the kernel. */
  public int taps() {
    return height * width;
  }

  /** The number of input channels per group. */
  public int inPerGroup() {
    return in / groups;
  }

  /** The padding at each side of an image for a kernel of this side. */
  public static int padding(int side) {
    return (side - 1) / 2;
  }
}
