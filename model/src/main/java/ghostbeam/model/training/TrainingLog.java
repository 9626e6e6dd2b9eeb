package ghostbeam.model.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.input.SampleSheet;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensorboard.EventFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code training.jsonl}: a line for each logged step and each epoch. Object stores cannot append,
 * so the file is rewritten whole: at the end of each epoch, with each saved state, and otherwise
 * twice a minute. The same goes to a TensorBoard file, where enabled, and to the console, as plain
 * lines or, on a terminal, a progress line each second.
 */
final class TrainingLog {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);

  /** Shown only in logs: a terminal has the progress line. */
  private static final Logger STEPS = LoggerFactory.getLogger("ghostbeam.Progress");

  /** Shown only on terminals; each message replaces the previous one. */
  private static final Logger PROGRESS = LoggerFactory.getLogger("progress");

  private static final long SECOND = 1_000_000_000;
  private static final long BETWEEN_WRITES = 30 * SECOND;

  /** Few, since the whole file is rewritten to stores again and again. */
  private static final int SHEET_IMAGES = 4;

  private static final int SHEET_EPOCHS = 4;

  private final Storage storage;
  private final TrainingFolder folder;
  private final String path;
  private final int stepImages;
  private final long betweenWrites;
  private final List<String> lines = new ArrayList<>();
  private long shown = System.nanoTime();

  /** Empty where TensorBoard is disabled. */
  private Optional<EventFile> events;

  private long written = System.nanoTime();

  TrainingLog(Storage storage, TrainingFolder folder, int stepImages) {
    this(storage, folder, stepImages, BETWEEN_WRITES);
  }

  static TrainingLog of(Storage storage, TrainingJob job) {
    TrainingLog log = new TrainingLog(storage, job.folder(), job.recipe().batching().stepImages());
    if (!job.bookkeeping().tensorBoard()) {
      log.events = Optional.empty();
    }
    return log;
  }

  /**
   * A log with its own interval between writes.
   *
   * @param betweenWrites minimum nanoseconds between writes at steps
   */
  TrainingLog(Storage storage, TrainingFolder folder, int stepImages, long betweenWrites) {
    this.betweenWrites = betweenWrites;
    this.storage = storage;
    this.folder = folder;
    this.path = folder.log();
    this.stepImages = stepImages;
    this.events = Optional.of(new EventFile(storage, folder.eventsAfter(List.of())));
  }

  /** Opens the files; a new TensorBoard file gets a contact sheet of training views. */
  void begin(Progress progress, SampleSheet sheet) throws IOException {
    restore(progress.logLines(), progress.eventBytes());
    if (progress.eventBytes() == 0 && events.isPresent()) {
      events.get().image(0, "train/contact_sheet", sheet.png(SHEET_IMAGES, SHEET_EPOCHS));
    }
  }

  /**
   * Truncates the files to a saved state; what was logged after it is dropped.
   *
   * @param count number of lines to keep
   * @param eventBytes bytes of TensorBoard's file to keep
   */
  void restore(int count, int eventBytes) throws IOException {
    if (events.isPresent()) {
      List<Storage.Entry> earlier = folder.events(storage);
      events =
          Optional.of(EventFile.after(earlier, eventBytes, storage, folder.eventsAfter(earlier)));
    }
    lines.clear();
    if (count == 0) {
      return;
    }
    String text = new String(storage.readWhole(path), StandardCharsets.UTF_8);
    lines.addAll(text.lines().limit(count).toList());
    if (lines.size() < count) {
      throw new IOException(
          path + " has %d lines, the saved state %d".formatted(lines.size(), count));
    }
  }

  int size() {
    return lines.size();
  }

  /** The size of TensorBoard's file; 0 where there is none. */
  int eventBytes() {
    return events.map(EventFile::bytes).orElse(0);
  }

  /** Shows progress on a terminal, at most once a second. */
  void progress(LogLine.Step line) {
    if (PROGRESS.isInfoEnabled() && System.nanoTime() - shown > SECOND) {
      shown = System.nanoTime();
      PROGRESS.info(line.brief(stepImages));
    }
  }

  void step(LogLine.Step line) throws IOException {
    add(line, STEPS);
    if (System.nanoTime() - written > betweenWrites) {
      write();
    }
  }

  /** Logs the end of an epoch. */
  void epoch(LogLine.Epoch epoch) throws IOException {
    add(epoch, LOG);
    write();
  }

  private void add(LogLine line, Logger listener) {
    ObjectNode json = line.json();
    lines.add(json.toString());
    events.ifPresent(file -> file.scalars(line.step(), LogLine.scalars(json)));
    listener.info(line.text(stepImages));
  }

  /** Writes the files. */
  void write() throws IOException {
    String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    storage.writeWhole(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    if (events.isPresent()) {
      events.get().write();
    }
    written = System.nanoTime();
  }
}
