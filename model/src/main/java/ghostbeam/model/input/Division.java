package ghostbeam.model.input;

/**
 * How many of an epoch's records make a step.
 *
 * @param batchImages records that all ranks together see at once
 * @param batches that a step learns from
 * @param dropTail whether records that fill no step are left out, rather than making a smaller one
 */
public record Division(int batchImages, int batches, boolean dropTail) {
  /** Records of a full step. */
  int stepImages() {
    return batchImages * batches;
  }
}
