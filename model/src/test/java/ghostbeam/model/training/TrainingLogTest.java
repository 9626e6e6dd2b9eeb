package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensorboard.Events;
import ghostbeam.model.training.LogLine.Epoch;
import ghostbeam.model.training.LogLine.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingLogTest {
  @TempDir Path folder;

  private TrainingLog log() {
    return new TrainingLog(Storage.local(), new TrainingFolder(folder.toString()), 2);
  }

  private TrainingLogTail tail() throws IOException {
    return TrainingLogTail.of(Storage.local(), TinyTraining.job(TinyTraining.SPEC, folder, folder));
  }

  @Test
  void showsProgressAndTimeLeft() {
    assertEquals(
        "epoch 2 step 150 of 400: loss 1.2346, learning rate 0.05000, 50 images/s, 2 min 40 s left",
        new Step(2, 150, 400, 1.23456, 0.05, 50, null).text(32));
    assertEquals(
        "epoch 200 step 999999 of 1000800: loss 6.9078, 1234 images/s, 21 s left",
        new Step(200, 999_999, 1_000_800, 6.90776, 0.05, 1234, null).brief(32));
    Step slow = new Step(1, 0, 1000, 1, 0.1, 0.04, null);
    assertTrue(slow.text(32).endsWith("222 h 13 min left"), slow.text(32));
    assertEquals(0.0, slow.json().get("imagesPerSecond").asDouble());
    assertEquals("3 h 05 min", TimeLeft.text(185 * 60));
    assertEquals("59 s", TimeLeft.text(59));
  }

  @Test
  void resumesAFileAtALineAndDropsTheRest() throws IOException {
    TrainingLog log = log();
    log.step(new Step(1, 1, 4, 0.5, 0.1, 10, 0.75));
    final int eventBytes = log.eventBytes();
    log.step(new Step(1, 2, 4, 0.4, 0.1, 10, null));
    log.write();
    TrainingLog again = log();
    again.restore(1, eventBytes);
    again.epoch(new Epoch(1, 1, 2, 0.45, 0.75, null, 4, 1, 3));
    assertEquals(
        """
        {"epoch":1,"step":1,"steps":4,"loss":0.5,"learningRate":0.1,"imagesPerSecond":10.0,"gradientNorm":0.75}
        {"epoch":1,"epochs":1,"step":2,"meanLoss":0.45,"top1":0.75,"images":4,"leftOut":1,"skippedSteps":3}
        """,
        Files.readString(folder.resolve("training.jsonl")));
    assertEquals(
        List.of(
            "1 train/loss 0.5",
            "1 train/learning_rate 0.1",
            "1 train/images_per_second 10.0",
            "1 train/gradient_norm 0.75",
            "2 train/epoch_loss 0.45",
            "2 val/top1 0.75"),
        Events.values(folder));
    assertThrows(IOException.class, () -> again.restore(3, eventBytes));
  }

  /**
   * Whatever else lies below the training folder: here a link that a full listing would fail on.
   */
  @Test
  void looksForEarlierEventsOnlyInItsOwnFolder() throws IOException {
    TrainingLog log = log();
    log.step(new Step(1, 1, 4, 0.5, 0.1, 10, null));
    log.write();
    Files.createSymbolicLink(folder.resolve("all"), folder);
    TrainingLog again = log();
    again.restore(1, log.eventBytes());
    assertEquals(
        List.of("events.out.tfevents.0000000002"),
        Events.files(folder).stream().map(file -> file.getFileName().toString()).toList());
  }

  @Test
  void isWrittenWithinAnEpochWhenTimeHasPassed() throws IOException {
    Path file = folder.resolve("training.jsonl");
    log().step(new Step(1, 1, 4, 0.5, 0.1, 10, null));
    assertFalse(Files.exists(file));

    new TrainingLog(Storage.local(), new TrainingFolder(folder.toString()), 2, 0)
        .step(new Step(1, 1, 4, 0.5, 0.1, 10, null));
    assertEquals(1, Files.readAllLines(file).size());
  }

  @Test
  void linesCanBeReadBackAndFormatted() throws IOException {
    for (LogLine line :
        List.of(
            new Step(2, 150, 400, 1.23456, 0.05, 50.5, null),
            new Step(2, 150, 400, 1.23456, 0.05, 50.5, 0.75),
            new Epoch(1, 3, 2, 0.45, 0.75, null, 4, 1, 3),
            new Epoch(1, 3, 2, 0.45, 0.75, 0.8, 4, 1, 0))) {
      assertEquals(List.of(line), parse(line.json().toString()));
    }
    assertEquals(
        "epoch 1 of 3: mean loss 0.4500, validation Top-1 0.7500, averaged 0.8000; 3 steps skipped,"
            + " their gradients overflowed",
        new Epoch(1, 3, 2, 0.45, 0.75, 0.8, 4, 1, 3).text(2));
    // From an earlier version and from a later one.
    assertEquals(
        List.of(new Step(1, 1, 0, 0.5, 0, 0, null)),
        parse("{\"epoch\":1,\"step\":1,\"loss\":0.5}\n{\"weather\":\"fine\"}\n"));
  }

  private static List<LogLine> parse(String text) throws IOException {
    return LogLine.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void passesOnEachLineOnceEvenAfterARestart() throws IOException {
    TrainingLogTail tail = tail();
    assertThrows(IOException.class, () -> told(tail)); // nothing is written yet
    TrainingLog log = log();
    log.step(new Step(1, 1, 4, 0.5, 0.1, 10, null));
    log.step(new Step(1, 2, 4, 0.4, 0.1, 10, null));
    log.epoch(new Epoch(1, 2, 2, 0.45, 0.75, null, 4, 0, 0));
    assertEquals(List.of("step 1", "step 2", "end of 2"), starts(told(tail)));
    assertEquals(List.of(), told(tail));

    TrainingLog restarted = log();
    restarted.restore(1, log.eventBytes());
    restarted.step(new Step(1, 2, 4, 0.4, 0.1, 10, null));
    restarted.epoch(new Epoch(1, 2, 2, 0.45, 0.75, null, 4, 0, 0));
    restarted.step(new Step(2, 3, 4, 0.3, 0.1, 10, null));
    restarted.write();
    assertEquals(List.of("step 3"), starts(told(tail)));
    assertEquals(List.of(), told(tail())); // for a run that resumes from there
  }

  /** Speed counts the images of all ranks. */
  @Test
  void estimatesTheTimeLeftForSeveralRanks() throws IOException {
    TrainingSpec spec = TinyTraining.with(TinyTraining.SPEC, "ranks", "2");
    TrainingJob job = TinyTraining.job(spec, folder, folder);
    TrainingLogTail tail = TrainingLogTail.of(Storage.local(), job);
    TrainingLog log = log();
    log.step(new Step(1, 1, 31, 0.5, 0.1, 24, null));
    log.write();
    String line = told(tail).get(0);
    assertTrue(line.endsWith("24 images/s, 10 s left"), line); // 30 steps with 2 × 4 images
  }

  private static List<String> told(TrainingLogTail tail) throws IOException {
    List<String> lines = new ArrayList<>();
    tail.poll(lines::add, line -> lines.add("end: " + line));
    return lines;
  }

  private static List<String> starts(List<String> news) {
    return news.stream()
        .map(line -> line.replaceFirst("(?:(end): )?epoch \\d (.*?\\d).*", "$1 $2").strip())
        .toList();
  }
}
