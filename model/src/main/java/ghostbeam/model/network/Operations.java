package ghostbeam.model.network;

/**
 * What the forward pass asks of whoever runs it. Layers come with their tensors' names; an
 * implementation holds the tensors, if it has any.
 *
 * <p>What {@code T} is decides what comes out: shapes give the list of tensors and the arithmetic,
 * arrays the logits of training, text the module that scores.
 */
public interface Operations<T> {

  /** Convolution without bias, then batch norm, then the activation. (N,in,H,W) → (N,out,H',W'). */
  T convolveAndNormalize(Convolution layer, String batchNorm, Activation activation, T x);

  /** Convolution with bias, then the activation. (N,in,H,W) → (N,out,H,W). */
  T convolveWithBias(Convolution layer, Activation activation, T x);

  /** Mean over height and width. (N,C,H,W) → (N,C,1,1). */
  T globalMean(T x);

  /** Means of 2×2 squares; a last odd row or column is left out. (N,C,H,W) → (N,C,⌊H/2⌋,⌊W/2⌋). */
  T averagePool(T x);

  /** Repeats the nearest pixels up to the size of {@code like}. (N,C,h,w) → (N,C,H,W). */
  T upsample(T x, T like);

  /** {@code x} (N,C,H,W) times gates of its channels (N,C,1,1) or of its elements (N,C,H,W). */
  T gate(T x, T gates);

  /** Channels of {@code a}, then channels of {@code b}. */
  T concatenate(T a, T b);

  /** Element by element sum. */
  T add(T a, T b);

  /**
   * Leaves out a residual branch at random while training; the identity otherwise.
   *
   * @param depth how far into the network the block lies, from 0 up to but without 1; the rate
   *     grows with it
   */
  default T dropPath(double depth, T x) {
    return x;
  }

  /** Leaves out features at random while training; the identity otherwise. (N,C,1,1). */
  default T dropFeatures(T x) {
    return x;
  }

  /** Dense layer with bias on flattened features. (N,in,1,1) → (N,out). */
  T dense(String name, int in, int out, T x);

  /** Says that the forward pass needs {@code x} no more, so that its memory can be used again. */
  default void release(T x) {}
}
