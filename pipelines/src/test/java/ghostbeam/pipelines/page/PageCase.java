package ghostbeam.pipelines.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.scoring.Tally;
import ghostbeam.pipelines.verdict.Figures;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of many classes, and pages of reports on them. */
abstract class PageCase {
  static final int CHECKPOINTS = 64;
  static final int CLASSES = 1000;
  static final int RECORDS = 2000;

  static final String HOSTILE = "</script><b id=\"x\">&amp;";
  static final Report.Software SOFTWARE = new Report.Software("1", "2", "3");

  /** As many classes as ImageNet, one with a name that would end a script element. */
  static final Report.Dataset DATA =
      new Report.Dataset("/gone/data", "val", "sha256:d", RECORDS, classes());

  @TempDir static Path profile;

  /** One browser per class, started when a test needs it, which takes seconds. */
  private static Browser browser;

  static Browser browser() {
    if (browser == null) {
      browser = Browser.start(profile);
    }
    return browser;
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
      browser = null;
    }
  }

  private static List<String> classes() {
    List<String> classes = new ArrayList<>();
    for (int label = 0; label < CLASSES; label++) {
      classes.add("n%08d".formatted(1440764 + 7 * label));
    }
    classes.set(3, HOSTILE);
    return classes;
  }

  /** The log of a training of two epochs. */
  static void writeLog(Path training) throws IOException {
    Files.writeString(
        training.resolve("training.jsonl"),
        """
        {"epoch":1,"step":20,"loss":2.5,"learningRate":0.1,"imagesPerSecond":1}
        {"epoch":1,"step":40,"loss":2.25,"learningRate":0.05,"imagesPerSecond":1}
        {"epoch":1,"step":40,"meanLoss":2.375,"top1":0.5,"emaTop1":0.25}
        {"epoch":2,"step":80,"meanLoss":2.0,"top1":0.625}
        """);
  }

  /** Later checkpoints are right more often; half of the images are hard for all. */
  static Row entrant(int number, Path training) {
    return entrant(number, training, 41 + number / 2);
  }

  static Row entrant(int number, Path training, int percent) {
    int epoch = 1 + number / 2;
    boolean averaged = number % 2 == 1;
    String name = "epoch-%04d%s".formatted(epoch, averaged ? ".ema" : "");
    Tally tally = Tally.of(name, CLASSES);
    Random random = new Random(number);
    float[] logits = new float[CLASSES];
    for (int record = 0; record < RECORDS; record++) {
      int label = record % CLASSES;
      Arrays.fill(logits, 0);
      boolean right = random.nextInt(100) < percent;
      logits[right ? label : random.nextInt(CLASSES)] = 6 + 4 * random.nextFloat();
      tally.add(record, label, logits, 0);
    }
    return new Row(
        tally.checkpoint(),
        file(training, name),
        new Row.Origin(
            "sha256:" + name,
            "ghostnet-1x",
            averaged ? "ema" : "raw",
            epoch,
            40L * epoch,
            "sha256:t",
            new ObjectMapper().createObjectNode().put("lr", 0.1).put("opt", "momentum"),
            null,
            null,
            null),
        new Report.Preprocessing(224, 0.875, "pillow", "float32", null),
        Figures.of(tally, 5_183_016),
        new Row.Standing(null, null),
        tally);
  }

  private static String file(Path training, String name) {
    return training.resolve("checkpoints").resolve(name + ".safetensors").toString();
  }

  /** The same checkpoint in another training's folder. */
  static Row from(Path training, Row row) {
    return new Row(
        row.name(),
        file(training, row.name()),
        row.origin(),
        row.preprocessing(),
        row.figures(),
        row.standing(),
        row.tally());
  }

  /** Of a tiny network's first epoch. */
  static Row row(Tally tally, Path training) {
    return Rows.of(tally, file(training, tally.checkpoint()), "sha256:e");
  }
}
