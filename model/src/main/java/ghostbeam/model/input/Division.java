package ghostbeam.model.input;

/**
 * How an epoch's records are divided into steps.
 *
 * @param batchImages records of one batch, over all ranks
 * @param batches batches whose gradients a step accumulates
 * @param dropTail whether records that do not fill a step are dropped, rather than making a smaller
 *     one
 */
public record Division(int batchImages, int batches, boolean dropTail) {
  /** Records of a full step. */
  int stepImages() {
    return batchImages * batches;
  }
}
