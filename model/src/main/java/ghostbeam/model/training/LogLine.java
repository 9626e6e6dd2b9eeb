package ghostbeam.model.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A line of {@code training.jsonl}, and its form for users. */
public sealed interface LogLine {
  /** Reads and writes lines; ignores fields added by later versions. */
  ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

  /** TensorBoard's tags for the numbers in lines, by field name. */
  Map<String, String> TAGS =
      Map.of(
          "loss", "train/loss",
          "learningRate", "train/learning_rate",
          "imagesPerSecond", "train/images_per_second",
          "gradientNorm", "train/gradient_norm",
          "meanLoss", "train/epoch_loss",
          "top1", "val/top1",
          "emaTop1", "val/top1_ema");

  /** The number of finished steps. */
  long step();

  /** The line as JSON. */
  default ObjectNode json() {
    return JSON.valueToTree(this);
  }

  /** A line's scalars for TensorBoard, by tag, in the line's order. */
  static Map<String, Double> scalars(ObjectNode line) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    line.properties()
        .forEach(
            number -> {
              if (TAGS.containsKey(number.getKey())) {
                scalars.put(TAGS.get(number.getKey()), number.getValue().doubleValue());
              }
            });
    return scalars;
  }

  /**
   * One line for users.
   *
   * @param stepImages images per step, over all ranks
   */
  String text(int stepImages);

  /**
   * A logged step; loss, speed and gradient norm are means since the previous such line.
   *
   * @param gradientNorm mean of the norms before clipping; null where no step learned
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Step(
      int epoch,
      long step,
      long steps,
      double loss,
      double learningRate,
      double imagesPerSecond,
      Double gradientNorm)
      implements LogLine {
    @Override
    public ObjectNode json() {
      return LogLine.super.json().put("imagesPerSecond", Math.round(imagesPerSecond * 10) / 10.0);
    }

    @Override
    public String text(int stepImages) {
      return text(String.format(Locale.ROOT, ", learning rate %.5f", learningRate), stepImages);
    }

    /** A shorter form that fits a terminal of eighty columns. */
    String brief(int stepImages) {
      return text("", stepImages);
    }

    private String text(String learning, int stepImages) {
      double seconds = (steps - step) * stepImages / imagesPerSecond;
      return String.format(
          Locale.ROOT,
          "epoch %d step %d of %d: loss %.4f%s, %.0f images/s, %s left",
          epoch,
          step,
          steps,
          loss,
          learning,
          imagesPerSecond,
          TimeLeft.text(seconds));
    }
  }

  /**
   * A finished epoch.
   *
   * @param emaTop1 null where weights are not averaged
   * @param images number of images trained on
   * @param leftOut number of images left out, since they did not fill a step
   * @param skippedSteps number of steps whose gradients overflowed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Epoch(
      int epoch,
      int epochs,
      long step,
      double meanLoss,
      double top1,
      Double emaTop1,
      long images,
      int leftOut,
      long skippedSteps)
      implements LogLine {
    @Override
    public String text(int stepImages) {
      return String.format(
          Locale.ROOT,
          "epoch %d of %d: mean loss %.4f, validation Top-1 %.4f%s%s",
          epoch,
          epochs,
          meanLoss,
          top1,
          emaTop1 == null ? "" : String.format(Locale.ROOT, ", averaged %.4f", emaTop1),
          skippedSteps == 0
              ? ""
              : "; " + skippedSteps + " steps skipped, their gradients overflowed");
    }
  }

  /**
   * The lines of a file, in order. Lines of other kinds are skipped; fields that an earlier version
   * did not write are 0 or null.
   *
   * @throws JsonProcessingException where a line is not JSON
   */
  static List<LogLine> parse(byte[] file) throws JsonProcessingException {
    List<LogLine> lines = new ArrayList<>();
    for (String text : new String(file, StandardCharsets.UTF_8).lines().toList()) {
      JsonNode line = JSON.readTree(text);
      if (line.hasNonNull("meanLoss")) {
        lines.add(JSON.treeToValue(line, Epoch.class));
      } else if (line.hasNonNull("loss")) {
        lines.add(JSON.treeToValue(line, Step.class));
      }
    }
    return lines;
  }
}
