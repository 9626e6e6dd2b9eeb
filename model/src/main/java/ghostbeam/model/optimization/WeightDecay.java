package ghostbeam.model.optimization;

import ghostbeam.model.tensor.TensorSpec.Kind;

/** Which tensors weight decay applies to. */
public enum WeightDecay {
  /** All except batch norm's weight and bias, as in the original's {@code momentum}. */
  ALL_BUT_NORM {
    @Override
    public boolean appliesTo(Kind kind) {
      return kind != Kind.NORM_WEIGHT && kind != Kind.NORM_BIAS;
    }
  },
  /** Only convolution and dense weights, as the original intended for sgd and rmsprop. */
  MATRICES {
    @Override
    public boolean appliesTo(Kind kind) {
      return kind == Kind.CONVOLUTION || kind == Kind.DENSE;
    }
  };

  public abstract boolean appliesTo(Kind kind);
}
