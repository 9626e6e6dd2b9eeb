package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;

/**
 * What a training writes, and how often: no weight depends on it, so it may change when one goes
 * on.
 *
 * @param ckptSaveEpoch epochs between two kept checkpoints
 * @param keepCheckpoints how many of those stay
 * @param perPrintTimes steps between two log lines
 * @param stateSaveSteps steps between two saved states within an epoch; 0 for none but at epochs'
 *     ends
 * @param tensorBoard whether there is a file for TensorBoard, too
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

  /** All that is written. */
  public Bookkeeping(
      int ckptSaveEpoch, int keepCheckpoints, int perPrintTimes, int stateSaveSteps) {
    this(ckptSaveEpoch, keepCheckpoints, perPrintTimes, stateSaveSteps, true);
  }

  /** For one of many trainings that nobody watches alone. */
  public Bookkeeping withoutTensorBoard() {
    return new Bookkeeping(ckptSaveEpoch, keepCheckpoints, perPrintTimes, stateSaveSteps, false);
  }
}
