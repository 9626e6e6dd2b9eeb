package ghostbeam.model.training;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Follows the {@code training.jsonl} of a training run elsewhere, such as on a cluster. Not
 * thread-safe.
 */
public final class TrainingLogTail {
  private final Storage storage;
  private final String path;
  private final int stepImages;
  private long last;

  private TrainingLogTail(Storage storage, TrainingJob job) {
    this.storage = storage;
    this.path = job.folder().log();
    this.stepImages = job.recipe().batching().stepImages();
  }

  /**
   * Starts after what is already in the log.
   *
   * @throws IOException if it cannot be read
   */
  public static TrainingLogTail of(Storage storage, TrainingJob job) throws IOException {
    TrainingLogTail tail = new TrainingLogTail(storage, job);
    if (storage.exists(tail.path)) {
      tail.poll(line -> {}, line -> {});
    }
    return tail;
  }

  /**
   * Passes on new lines, formatted for users, in the order of steps; steps repeated after a restart
   * are not passed on again.
   *
   * @param steps takes a line for each logged step
   * @param epochs takes a line for each epoch's end
   * @throws IOException if there is no file yet, or it cannot be read
   */
  public void poll(Consumer<String> steps, Consumer<String> epochs) throws IOException {
    byte[] bytes = storage.readWhole(path);
    for (LogLine line : LogLine.parse(bytes)) {
      if (order(line) > last) {
        last = order(line);
        (line instanceof LogLine.Epoch ? epochs : steps).accept(line.text(stepImages));
      }
    }
  }

  /** An epoch's line comes after that of its last step. */
  private static long order(LogLine line) {
    return 2 * line.step() + (line instanceof LogLine.Epoch ? 1 : 0);
  }
}
