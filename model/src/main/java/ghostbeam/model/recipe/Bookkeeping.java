package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;

/**
 * What training writes, and how often. Weights do not depend on it, so it may change on resume.
 *
 * @param ckptSaveEpoch epochs between checkpoints
 * @param keepCheckpoints how many of these to keep
 * @param perPrintTimes steps between log lines
 * @param stateSaveSteps steps between saved states within an epoch; 0 to save only after each epoch
 * @param tensorBoard whether to also write a TensorBoard event file
 */
public record Bookkeeping(
    int ckptSaveEpoch,
    int keepCheckpoints,
    int perPrintTimes,
    @JsonIgnore int stateSaveSteps,
    @JsonIgnore boolean tensorBoard)
    implements Serializable {
  public static final Bookkeeping ORIGINAL = new Bookkeeping(5, 5, 100, 1000);

  public Bookkeeping {
    require(ckptSaveEpoch >= 1, "ckptSaveEpoch", "at least 1", ckptSaveEpoch);
    require(keepCheckpoints >= 1, "keepCheckpoints", "at least 1", keepCheckpoints);
    require(perPrintTimes >= 1, "perPrintTimes", "at least 1", perPrintTimes);
    require(stateSaveSteps >= 0, "stateSaveSteps", "at least 0", stateSaveSteps);
  }

  /** With TensorBoard. */
  public Bookkeeping(
      int ckptSaveEpoch, int keepCheckpoints, int perPrintTimes, int stateSaveSteps) {
    this(ckptSaveEpoch, keepCheckpoints, perPrintTimes, stateSaveSteps, true);
  }

  /** Without TensorBoard, for one of many runs that are not watched individually. */
  public Bookkeeping withoutTensorBoard() {
    return new Bookkeeping(ckptSaveEpoch, keepCheckpoints, perPrintTimes, stateSaveSteps, false);
  }
}
