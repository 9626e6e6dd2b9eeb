package ghostbeam.model.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code training.jsonl}: a line each logged step and a line each epoch. Object stores cannot
 * append, so the file is written whole at each epoch's end.
 */
final class TrainingLog {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Storage storage;
  private final String path;
  private final StringBuilder lines = new StringBuilder();

  TrainingLog(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  void step(int epoch, long step, double loss, double learningRate, double imagesPerSecond) {
    ObjectNode line = JSON.createObjectNode();
    line.put("epoch", epoch).put("step", step).put("loss", loss).put("learningRate", learningRate);
    line.put("imagesPerSecond", Math.round(imagesPerSecond * 10) / 10.0);
    lines.append(line).append('\n');
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d step %d: loss %.4f, learning rate %.5f, %.0f images/s",
            epoch,
            step,
            loss,
            learningRate,
            imagesPerSecond));
  }

  /** Ends an epoch; {@code emaTop1} is NaN where weights are not averaged. */
  void epoch(int epoch, int epochs, long step, double loss, double top1, double emaTop1)
      throws IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("epoch", epoch).put("step", step).put("meanLoss", loss).put("top1", top1);
    String averaged = "";
    if (!Double.isNaN(emaTop1)) {
      line.put("emaTop1", emaTop1);
      averaged = String.format(Locale.ROOT, ", averaged %.4f", emaTop1);
    }
    lines.append(line).append('\n');
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d of %d: mean loss %.4f, validation Top-1 %.4f%s",
            epoch,
            epochs,
            loss,
            top1,
            averaged));
    storage.writeWhole(path, ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
