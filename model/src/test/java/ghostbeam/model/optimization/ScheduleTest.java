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

  private static Schedule schedule(JsonNode row) {
    long steps = row.get("steps").asLong();
    if (row.get("schedule").asText().equals("cosine")) {
      return new Schedule.Cosine(
          row.get("lr_init").asDouble(),
          row.get("lr_max").asDouble(),
          row.get("lr_end").asDouble(),
          steps * row.get("warmup_epochs").asLong(),
          steps * row.get("total_epochs").asLong());
    }
    return new Schedule.CosineStep(
        row.get("warmup_lr_init").asDouble(),
        row.get("base_lr").asDouble(),
        row.get("warmup_epochs").asInt(),
        row.get("decay_epochs").asDouble(),
        row.get("decay_rate").asDouble(),
        steps);
  }
}
