package ghostbeam.model.optimization;

import ghostbeam.model.tensor.TensorSpec.Kind;

/** Which tensors weight decay pulls towards zero. */
public enum WeightDecay {
  /** All but batch norm's weight and bias: the original's {@code momentum}. */
  ALL_BUT_NORM {
    @Override
    public boolean appliesTo(Kind kind) {
      return kind != Kind.NORM_WEIGHT && kind != Kind.NORM_BIAS;
    }
  },
  /** Convolutions and dense weights only: what the original meant for sgd and rmsprop. */
  MATRICES {
    @Override
    public boolean appliesTo(Kind kind) {
      return kind == Kind.CONVOLUTION || kind == Kind.DENSE;
    }
  };

  public abstract boolean appliesTo(Kind kind);
}
