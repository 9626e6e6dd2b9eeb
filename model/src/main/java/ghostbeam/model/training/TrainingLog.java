package ghostbeam.model.training;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code training.jsonl}: a line each logged step and a line each epoch. Object stores cannot
 * append, so the file is written whole: at each epoch's end, with each saved state, and else twice
 * a minute. People see the same as plain lines, and on a terminal a line of progress each second.
 */
final class TrainingLog {
  static final int LARGEST_BYTES = Integer.MAX_VALUE - 8;

  private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);

  /** Shown in logs only: a terminal has the line of progress. */
  private static final Logger STEPS = LoggerFactory.getLogger("ghostbeam.Progress");

  /** Shown on terminals only; each message takes the place of the one before. */
  private static final Logger PROGRESS = LoggerFactory.getLogger("progress");

  private static final long SECOND = 1_000_000_000;
  private static final long BETWEEN_WRITES = 30 * SECOND;

  private final Storage storage;
  private final String path;
  private final int stepImages;
  private final long betweenWrites;
  private final List<String> lines = new ArrayList<>();
  private long shown = System.nanoTime();
  private long written = System.nanoTime();

  TrainingLog(Storage storage, String path, int stepImages) {
    this(storage, path, stepImages, BETWEEN_WRITES);
  }

  /**
   * A log that is written at steps, too.
   *
   * @param betweenWrites nanoseconds that are to pass before it is again
   */
  TrainingLog(Storage storage, String path, int stepImages, long betweenWrites) {
    this.betweenWrites = betweenWrites;
    this.storage = storage;
    this.path = path;
    this.stepImages = stepImages;
  }

  /** Takes up a file at its first lines; those that a stopped training wrote later are lost. */
  void restore(int count) throws IOException {
    lines.clear();
    if (count == 0) {
      return;
    }
    String text = new String(storage.readWhole(path, LARGEST_BYTES), StandardCharsets.UTF_8);
    lines.addAll(text.lines().limit(count).toList());
    if (lines.size() < count) {
      throw new IOException(
          path + " has %d lines, the saved state %d".formatted(lines.size(), count));
    }
  }

  int size() {
    return lines.size();
  }

  /** Shows progress on a terminal, at most once a second. */
  void progress(LogLine.Moment moment) {
    if (PROGRESS.isInfoEnabled() && System.nanoTime() - shown > SECOND) {
      shown = System.nanoTime();
      PROGRESS.info(moment.brief(stepImages));
    }
  }

  void step(LogLine.Moment moment) throws IOException {
    add(moment, STEPS);
    if (System.nanoTime() - written > betweenWrites) {
      write();
    }
  }

  /** Ends an epoch. */
  void epoch(LogLine.Epoch epoch) throws IOException {
    add(epoch, LOG);
    write();
  }

  private void add(LogLine line, Logger listener) {
    lines.add(line.json().toString());
    listener.info(line.text(stepImages));
  }

  /** Writes the file. */
  void write() throws IOException {
    String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    storage.writeWhole(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    written = System.nanoTime();
  }
}
