package ghostbeam.model.scoring;

/**
 * The evaluation of one image's logits.
 *
 * @param predicted the class with the greatest logit, of equal ones the lowest; {@link #NONE} where
 *     a logit is not finite
 * @param rank number of classes ahead of the true one: those with a greater logit, or an equal one
 *     and a lower index; 0 means a Top-1 hit
 * @param loss cross-entropy of the true class in nats, at least 0
 * @param othersLoss mean cross-entropy of the other classes in nats, which label smoothing mixes
 *     in; 0 where there are none
 * @param confidence softmax probability of the predicted class, above 0 and at most 1
 */
record Prediction(int predicted, int rank, double loss, double othersLoss, double confidence) {
  static final int NONE = -1;
  private static final Prediction NOT_FINITE =
      new Prediction(NONE, Integer.MAX_VALUE, Double.NaN, Double.NaN, Double.NaN);

  /** Evaluates {@code classes} logits from {@code offset}; sums are in class order, in double. */
  static Prediction of(float[] logits, int offset, int classes, int label) {
    float target = logits[offset + label];
    float greatest = Float.NEGATIVE_INFINITY;
    int predicted = NONE;
    int rank = 0;
    for (int i = 0; i < classes; i++) {
      float logit = logits[offset + i];
      if (!Float.isFinite(logit)) {
        return NOT_FINITE;
      }
      if (logit > greatest) {
        greatest = logit;
        predicted = i;
      }
      if (logit > target || (logit == target && i < label)) {
        rank++;
      }
    }
    double sum = 0;
    double below = 0;
    for (int i = 0; i < classes; i++) {
      double logit = logits[offset + i];
      sum += Math.exp(logit - greatest);
      below += greatest - logit;
    }
    double logSum = Math.log(sum);
    double behind = (double) greatest - target;
    double othersLoss = classes == 1 ? 0 : logSum + (below - behind) / (classes - 1);
    return new Prediction(predicted, rank, logSum + behind, othersLoss, 1 / sum);
  }

  boolean isFinite() {
    return predicted != NONE;
  }
}
