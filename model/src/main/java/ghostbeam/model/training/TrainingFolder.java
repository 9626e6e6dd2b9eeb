package ghostbeam.model.training;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The files of one training, wherever they lie.
 *
 * @param path of the folder, local or a URI
 */
public record TrainingFolder(String path) {
  /** Part of it, below the folder. */
  public static final String CHECKPOINTS = "checkpoints";

  /** Where it keeps what going on with it needs, below the folder. */
  public static final String STATE = "state/state.safetensors";

  /** The last weights that did best in validation, raw. */
  static final String BEST = "best";

  /** The same of averaged weights. */
  static final String BEST_AVERAGE = "ema_best";

  /** The newest averaged weights. */
  static final String LAST_AVERAGE = "ema_last";

  /** A kept epoch's name among the checkpoints. */
  static String epoch(int epoch) {
    return String.format(Locale.ROOT, "epoch-%04d", epoch);
  }

  /** The same of its averaged weights. */
  static String averagedEpoch(int epoch) {
    return epoch(epoch) + ".ema";
  }

  /** The file of a checkpoint. */
  String checkpoint(String name) {
    return resolve(CHECKPOINTS + "/" + name + ".safetensors");
  }

  /** The folder of checkpoints. */
  public String checkpoints() {
    return resolve(CHECKPOINTS);
  }

  /** What going on needs: weights, averages, optimiser, position. */
  public String state() {
    return resolve(STATE);
  }

  /** The folder of the state, where ranks meet, too. */
  public String meeting() {
    return resolve("state");
  }

  /** A line each logged step and each epoch. */
  public String log() {
    return resolve("training.jsonl");
  }

  /** What is learned, how, and what is written. */
  String recipe() {
    return resolve("recipe.json");
  }

  /** Held by the run that writes here. */
  public String lock() {
    return resolve("training.lock");
  }

  private String resolve(String name) {
    return Storage.resolve(path, name);
  }

  /** Whether a training was begun here. */
  public boolean holdsTraining(Storage storage) throws IOException {
    return storage.exists(recipe()) || storage.exists(state());
  }

  /** Deletes a training, but for its lock. */
  public void clear(Storage storage) throws IOException {
    for (Storage.Entry old :
        Stream.concat(storage.list(meeting()).stream(), storage.list(checkpoints()).stream())
            .toList()) {
      storage.delete(old.path());
    }
    storage.delete(log());
    storage.delete(recipe());
  }
}
