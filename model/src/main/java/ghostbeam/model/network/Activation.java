package ghostbeam.model.network;

/** The activation function after a convolution. */
public enum Activation {
  NONE,
  /** max(x, 0). */
  RELU,
  /** x · relu6(x + 3) / 6. */
  HARD_SWISH,
  /** relu6(x + 3) / 6. */
  HARD_SIGMOID,
  /** 1 / (1 + exp(−x)). */
  SIGMOID
}
