package ghostbeam.model.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code training.jsonl}: a line each logged step and a line each epoch. Object stores cannot
 * append, so the file is written whole, at each epoch's end and with each saved state. People see
 * the same as plain lines, and on a terminal a line of progress each second.
 */
final class TrainingLog {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);

  /** Shown on terminals only; each message takes the place of the one before. */
  private static final Logger PROGRESS = LoggerFactory.getLogger("progress");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_BYTES = Integer.MAX_VALUE - 8;
  private static final long SECOND = 1_000_000_000;

  private final Storage storage;
  private final String path;
  private final List<String> lines = new ArrayList<>();
  private long shown = System.nanoTime();

  /** Where a training is, for people. */
  record Moment(
      int epoch, long step, long steps, double loss, double learningRate, double imagesPerSecond) {

    String text(int batchSize) {
      double seconds = (steps - step) * batchSize / imagesPerSecond;
      return String.format(
          Locale.ROOT,
          "epoch %d step %d of %d: loss %.4f, learning rate %.5f, %.0f images/s, %s left",
          epoch,
          step,
          steps,
          loss,
          learningRate,
          imagesPerSecond,
          duration(Duration.ofSeconds(Math.round(seconds))));
    }

    static String duration(Duration left) {
      if (left.toHours() > 0) {
        return String.format(Locale.ROOT, "%d h %02d min", left.toHours(), left.toMinutesPart());
      }
      return left.toMinutes() > 0
          ? String.format(Locale.ROOT, "%d min %02d s", left.toMinutes(), left.toSecondsPart())
          : left.toSeconds() + " s";
    }
  }

  TrainingLog(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
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
  void progress(Moment moment, int batchSize) {
    if (PROGRESS.isInfoEnabled() && System.nanoTime() - shown > SECOND) {
      shown = System.nanoTime();
      PROGRESS.info(moment.text(batchSize));
    }
  }

  void step(Moment moment, int batchSize) {
    ObjectNode line = JSON.createObjectNode();
    line.put("epoch", moment.epoch()).put("step", moment.step()).put("loss", moment.loss());
    line.put("learningRate", moment.learningRate());
    line.put("imagesPerSecond", Math.round(moment.imagesPerSecond() * 10) / 10.0);
    lines.add(line.toString());
    LOG.info(moment.text(batchSize));
  }

  /**
   * Ends an epoch.
   *
   * @param meter its images' losses
   * @param leftOut images that were not learned from, since they filled no batch
   * @param emaTop1 NaN where weights are not averaged
   */
  void epoch(
      int epoch, int epochs, long step, LossMeter meter, int leftOut, double top1, double emaTop1)
      throws IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("epoch", epoch).put("step", step).put("meanLoss", meter.mean()).put("top1", top1);
    String averaged = "";
    if (!Double.isNaN(emaTop1)) {
      line.put("emaTop1", emaTop1);
      averaged = String.format(Locale.ROOT, ", averaged %.4f", emaTop1);
    }
    line.put("images", meter.images()).put("leftOut", leftOut);
    line.put("skippedSteps", meter.skipped());
    lines.add(line.toString());
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d of %d: mean loss %.4f, validation Top-1 %.4f%s%s",
            epoch,
            epochs,
            meter.mean(),
            top1,
            averaged,
            meter.skipped() == 0
                ? ""
                : "; " + meter.skipped() + " steps skipped, their gradients overflowed"));
    write();
  }

  /** Writes the file. */
  void write() throws IOException {
    String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    storage.writeWhole(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
