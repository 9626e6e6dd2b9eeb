package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.record.Storage;
import ghostbeam.model.training.TrainingLog.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingLogTest {
  @TempDir Path folder;

  @Test
  void saysHowFarItIsAndHowLongItTakes() {
    assertEquals(
        "epoch 2 step 150 of 400: loss 1.2346, learning rate 0.05000, 50 images/s, 2 min 40 s left",
        new Moment(2, 150, 400, 1.23456, 0.05, 50).text(32));
    assertEquals("3 h 05 min", Moment.duration(java.time.Duration.ofMinutes(185)));
    assertEquals("59 s", Moment.duration(java.time.Duration.ofSeconds(59)));
  }

  @Test
  void takesUpAFileAtALineAndLosesTheRest() throws IOException {
    Path file = folder.resolve("training.jsonl");
    TrainingLog log = new TrainingLog(Storage.local(), file.toString());
    log.step(new Moment(1, 1, 4, 0.5, 0.1, 10), 2);
    log.step(new Moment(1, 2, 4, 0.4, 0.1, 10), 2);
    log.write();
    TrainingLog again = new TrainingLog(Storage.local(), file.toString());
    again.restore(1);
    again.epoch(1, 1, 2, new LossMeter(1.8, 4, 3), 1, 0.75, Double.NaN);
    assertEquals(
        """
        {"epoch":1,"step":1,"loss":0.5,"learningRate":0.1,"imagesPerSecond":10.0}
        {"epoch":1,"step":2,"meanLoss":0.45,"top1":0.75,"images":4,"leftOut":1,"skippedSteps":3}
        """,
        Files.readString(file));
    assertThrows(IOException.class, () -> again.restore(3));
  }
}
