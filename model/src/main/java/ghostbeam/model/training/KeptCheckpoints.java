package ghostbeam.model.training;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The checkpoints of one training run: {@code epoch-0005} and {@code epoch-0005.ema} every few
 * epochs and after the last one, {@code best}, {@code ema_best} and {@code ema_last}, each {@code
 * .safetensors}.
 */
final class KeptCheckpoints {
  private final Storage storage;
  private final TrainingFolder folder;
  private final int keep;
  private final Deque<Integer> kept = new ArrayDeque<>();
  private long best = -1;
  private long emaBest = -1;

  KeptCheckpoints(Storage storage, TrainingFolder folder, int keep) {
    this.storage = storage;
    this.folder = folder;
    this.keep = keep;
  }

  /** Resumes from saved progress. */
  void restore(Progress progress) {
    best = progress.best();
    emaBest = progress.emaBest();
    kept.clear();
    kept.addAll(progress.kept());
  }

  /** The best raw weights' right answers so far. */
  long best() {
    return best;
  }

  /** The best averaged weights' right answers so far. */
  long emaBest() {
    return emaBest;
  }

  /** Epochs whose checkpoints are kept, oldest first. */
  List<Integer> kept() {
    return List.copyOf(kept);
  }

  /** Offers one epoch's weights; keeps the best by right answers, of equal ones the earlier. */
  void offer(CheckpointInfo info, Weights weights, long correct, boolean save) throws IOException {
    if (correct > best) {
      best = correct;
      write(TrainingFolder.BEST, info, weights);
    }
    if (save) {
      write(TrainingFolder.epoch(info.training().epoch()), info, weights);
      kept.add(info.training().epoch());
      while (kept.size() > keep) {
        int dropped = kept.remove();
        storage.delete(folder.checkpoint(TrainingFolder.epoch(dropped)));
        storage.delete(folder.checkpoint(TrainingFolder.averagedEpoch(dropped)));
      }
    }
  }

  /** Offers the same epoch's averaged weights; must be called before {@link #offer}. */
  void offerAveraged(CheckpointInfo info, Weights weights, long correct, boolean save)
      throws IOException {
    write(TrainingFolder.LAST_AVERAGE, info, weights);
    if (correct > emaBest) {
      emaBest = correct;
      write(TrainingFolder.BEST_AVERAGE, info, weights);
    }
    if (save) {
      write(TrainingFolder.averagedEpoch(info.training().epoch()), info, weights);
    }
  }

  private void write(String name, CheckpointInfo info, Weights weights) throws IOException {
    Checkpoint.write(storage, folder.checkpoint(name), info, weights);
  }
}
