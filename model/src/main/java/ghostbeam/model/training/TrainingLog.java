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
 * {@code training.jsonl}: a line each logged step and a line each epoch. Object stores cannot
 * append, so the file is written whole: at each epoch's end, with each saved state, and else twice
 * a minute. TensorBoard has the same in a file of its own, where that is wanted. People see the
 * same as plain lines, and on a terminal a line of progress each second.
 */
final class TrainingLog {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);

  /** Shown in logs only: a terminal has the line of progress. */
  private static final Logger STEPS = LoggerFactory.getLogger("ghostbeam.Progress");

  /** Shown on terminals only; each message takes the place of the one before. */
  private static final Logger PROGRESS = LoggerFactory.getLogger("progress");

  private static final long SECOND = 1_000_000_000;
  private static final long BETWEEN_WRITES = 30 * SECOND;

  /** Few, since stores are given the whole file again and again. */
  private static final int SHEET_IMAGES = 4;

  private static final int SHEET_EPOCHS = 4;

  private final Storage storage;
  private final TrainingFolder folder;
  private final String path;
  private final int stepImages;
  private final long betweenWrites;
  private final List<String> lines = new ArrayList<>();
  private long shown = System.nanoTime();

  /** Empty where none is wanted. */
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
   * A log that is written at steps, too.
   *
   * @param betweenWrites nanoseconds that are to pass before it is again
   */
  TrainingLog(Storage storage, TrainingFolder folder, int stepImages, long betweenWrites) {
    this.betweenWrites = betweenWrites;
    this.storage = storage;
    this.folder = folder;
    this.path = folder.log();
    this.stepImages = stepImages;
    this.events = Optional.of(new EventFile(storage, folder.eventsAfter(List.of())));
  }

  /** Takes up the files; TensorBoard sees once what training sees. */
  void begin(Progress progress, SampleSheet sheet) throws IOException {
    restore(progress.logLines(), progress.eventBytes());
    if (progress.eventBytes() == 0 && events.isPresent()) {
      events.get().image(0, "train/contact_sheet", sheet.png(SHEET_IMAGES, SHEET_EPOCHS));
    }
  }

  /**
   * Takes up the files where a training had got to; what it wrote later, before it was stopped, is
   * lost.
   *
   * @param count lines that stay
   * @param eventBytes bytes of TensorBoard's file that stay
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

  /** Bytes of TensorBoard's file; 0 where there is none. */
  int eventBytes() {
    return events.map(EventFile::bytes).orElse(0);
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
