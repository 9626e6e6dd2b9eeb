package ghostbeam.model.optimization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.Golden;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  @Test
  void followsEveryGoldenSchedule() {
    int rows = 0;
    for (JsonNode row : Golden.read("schedules.json")) {
      Schedule schedule = schedule(row);
      long skipped = row.path("global_epoch").asLong() * row.path("steps").asLong();
      if (row.has("lr")) {
        for (int i = 0; i < row.get("lr").size(); i++) {
          assertEquals(
              row.get("lr").get(i).floatValue(), (float) schedule.at(skipped + i), row.toString());
        }
      } else {
        for (int i = 0; i < row.get("indices").size(); i++) {
          double rate = schedule.at(skipped + row.get("indices").get(i).asLong());
          assertEquals(row.get("lr_at").get(i).floatValue(), (float) rate, row.toString());
        }
      }
      rows++;
    }
    assertTrue(rows >= 6, rows + " rows");
  }

  /**
   * From model/src/sample/python/make_optimization.py, for PyTorch 1.13's OneCycleLR, which divides
   * by zero where warm-up is one step.
   */
  @Test
  void oneCycleMatchesPyTorch() {
    follow(
        new OneCycle(0.01, 0.4, 1e-6, 3, 12),
        0.010000000000000009,
        0.20500000000000002,
        0.4,
        0.3879385543108713,
        0.35320900560157403,
        0.30000025,
        0.2347300487092973,
        0.1652709512907028,
        0.10000075000000005,
        0.04679199439842598,
        0.01206244568912873,
        1e-06);
    follow(
        new OneCycle(0.2, 0.6, 0.05, 2, 5),
        0.2,
        0.6,
        0.46249999999999997,
        0.18750000000000006,
        0.05);
    follow(
        new OneCycle(0.001, 0.1, 0.0001, 0, 4),
        0.08536998372026805,
        0.050050000000000004,
        0.014730016279731955,
        0.0001);
    follow(new OneCycle(0.001, 0.5, 0.25, 1, 3), 0.5, 0.375, 0.25);
    follow(new OneCycle(0.001, 0.5, 0.25, 0, 1), 0.25);
  }

  private static void follow(Schedule schedule, double... rates) {
    for (int i = 0; i < rates.length; i++) {
      assertEquals(rates[i], schedule.at(i), 1e-12, schedule + " at step " + i);
    }
  }

  private static Schedule schedule(JsonNode row) {
    long steps = row.get("steps").asLong();
    if (row.get("schedule").asText().equals("cosine")) {
      return new Cosine(
          row.get("lr_init").asDouble(),
          row.get("lr_max").asDouble(),
          row.get("lr_end").asDouble(),
          steps * row.get("warmup_epochs").asLong(),
          steps * row.get("total_epochs").asLong());
    }
    return new CosineStep(
        row.get("warmup_lr_init").asDouble(),
        row.get("base_lr").asDouble(),
        row.get("warmup_epochs").asInt(),
        row.get("decay_epochs").asDouble(),
        row.get("decay_rate").asDouble(),
        steps);
  }
}
