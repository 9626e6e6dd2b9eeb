package ghostbeam.model.network;

/**
 * The operations of a forward pass, which each interpreter of it implements. Layers come with their
 * tensors' names; an implementation holds the tensors, if any.
 *
 * <p>{@code T} determines the result: shapes give the list of tensors and the multiply-adds, arrays
 * the logits in training, text the TorchScript module for scoring.
 */
public interface Operations<T> {

  /** Convolution without bias, then batch norm, then the activation. (N,in,H,W) → (N,out,H',W'). */
  T convolveAndNormalize(Convolution layer, String batchNorm, Activation activation, T x);

  /** Convolution with bias, then the activation. (N,in,H,W) → (N,out,H,W). */
  T convolveWithBias(Convolution layer, Activation activation, T x);

  /** Mean over height and width. (N,C,H,W) → (N,C,1,1). */
  T globalMean(T x);

  /** Means of 2×2 squares; an odd last row or column is dropped. (N,C,H,W) → (N,C,⌊H/2⌋,⌊W/2⌋). */
  T averagePool(T x);

  /** Nearest-neighbour upsampling to the size of {@code like}. (N,C,h,w) → (N,C,H,W). */
  T upsample(T x, T like);

  /** {@code x} (N,C,H,W) times gates per channel (N,C,1,1) or per element (N,C,H,W). */
  T gate(T x, T gates);

  /** Channels of {@code a}, then channels of {@code b}. */
  T concatenate(T a, T b);

  /** Element-wise sum. */
  T add(T a, T b);

  /**
   * Drops a residual branch at random in training (stochastic depth); the identity otherwise.
   *
   * @param depth relative depth of the block in the network, in [0, 1); the rate grows with it
   */
  default T dropPath(double depth, T x) {
    return x;
  }

  /** Dropout of features (N,C,1,1) in training; the identity otherwise. */
  default T dropFeatures(T x) {
    return x;
  }

  /** Dense layer with bias on flattened features. (N,in,1,1) → (N,out). */
  T dense(String name, int in, int out, T x);

  /** Called when the forward pass no longer needs {@code x}, so that its memory can be reused. */
  default void release(T x) {}
}
