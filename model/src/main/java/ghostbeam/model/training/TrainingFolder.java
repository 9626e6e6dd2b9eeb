package ghostbeam.model.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * The files of one training run.
 *
 * @param path of the folder, local or a URI
 */
public record TrainingFolder(String path) {
  /** The state that resuming needs: weights, averages, optimiser, progress. */
  public static final String STATE = "state/state.safetensors";

  /** The folder of checkpoints. */
  public static final String CHECKPOINTS = "checkpoints";

  /** Names of checkpoints besides the epochs': the best by validation, the latest average. */
  static final String BEST = "best";

  static final String BEST_AVERAGE = "ema_best";
  static final String LAST_AVERAGE = "ema_last";

  private static final int MAX_LOG_BYTES = 256 << 20;

  /** The prefix of TensorBoard's files; a number follows. */
  private static final String EVENTS = "events.out.tfevents.";

  /** The training folder of a checkpoint, or the folder that contains it where it is in none. */
  public static TrainingFolder of(String checkpoint) {
    String folder = checkpoint.substring(0, Math.max(0, checkpoint.lastIndexOf('/')));
    return new TrainingFolder(folder.replaceFirst("(^|/)" + CHECKPOINTS + "$", ""));
  }

  /** The name of an epoch's checkpoint. */
  static String epoch(int epoch) {
    return String.format(Locale.ROOT, "epoch-%04d", epoch);
  }

  /** The same for its averaged weights. */
  static String averagedEpoch(int epoch) {
    return epoch(epoch) + ".ema";
  }

  String checkpoint(String name) {
    return Storage.resolve(checkpoints(), name + Checkpoint.SUFFIX);
  }

  /** The checkpoint of the epoch with the best validation. */
  public String best() {
    return checkpoint(BEST);
  }

  /**
   * A kept epoch's checkpoint.
   *
   * @param averaged whether it has the averaged weights
   */
  public String checkpoint(int epoch, boolean averaged) {
    return checkpoint(averaged ? averagedEpoch(epoch) : epoch(epoch));
  }

  public String checkpoints() {
    return Storage.resolve(path, CHECKPOINTS);
  }

  public String state() {
    return Storage.resolve(path, STATE);
  }

  /** The folder of the state, where ranks also keep their status files. */
  public String meeting() {
    return Storage.resolve(path, "state");
  }

  /** A {@link LogLine} for each logged step and each epoch. */
  public String log() {
    return Storage.resolve(path, "training.jsonl");
  }

  /**
   * The lines logged so far; empty where there is no log yet.
   *
   * @throws IOException if it cannot be read or has a line that is not JSON
   */
  public List<LogLine> logged(Storage storage) throws IOException {
    try {
      return storage.exists(log())
          ? LogLine.parse(storage.readWhole(log(), MAX_LOG_BYTES))
          : List.<LogLine>of();
    } catch (JsonProcessingException e) {
      throw new IOException(log() + " has a line that is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** TensorBoard's files, the newest last; more than one where a run was stopped while resuming. */
  List<Storage.Entry> events(Storage storage) throws IOException {
    String prefix = Storage.resolve(path, EVENTS);
    return storage.listPrefix(prefix).stream()
        .filter(file -> file.path().substring(prefix.length()).matches("\\d{10}"))
        .toList();
  }

  /** The path of a new file that follows earlier ones. */
  String eventsAfter(List<Storage.Entry> earlier) {
    String prefix = Storage.resolve(path, EVENTS);
    long last =
        earlier.isEmpty()
            ? 0
            : Long.parseLong(earlier.get(earlier.size() - 1).path().substring(prefix.length()));
    return prefix + String.format(Locale.ROOT, "%010d", last + 1);
  }

  /** All settings, as written by {@link TrainingSpec}. */
  public String recipe() {
    return Storage.resolve(path, "recipe.json");
  }

  /** Held by the run that writes here. */
  public String lock() {
    return Storage.resolve(path, "training.lock");
  }

  /** Whether training has begun here. */
  public boolean holdsTraining(Storage storage) throws IOException {
    return storage.exists(recipe()) || storage.exists(state());
  }

  /** Deletes the run's files, except for its lock. */
  public void clear(Storage storage) throws IOException {
    for (String folder : List.of(meeting(), checkpoints())) {
      for (Storage.Entry old : storage.list(folder)) {
        storage.delete(old.path());
      }
    }
    for (Storage.Entry old : events(storage)) {
      storage.delete(old.path());
    }
    storage.delete(log());
    storage.delete(recipe());
  }
}
