package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.pipelines.cluster.RunningCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.util.VarInt;

/** What a job's stages did, as Flink's REST API tells it. */
final class JobWork {
  private JobWork() {}

  /** Images that each TaskManager decoded. */
  static Map<String, Long> decoded(RunningCluster cluster, String job) throws Exception {
    Map<String, Long> decoded = new TreeMap<>();
    for (JsonNode stage : cluster.stages(job, "PlanBatches")) {
      String path = "/jobs/" + job + "/vertices/" + stage.path("id").asText();
      JsonNode counters = cluster.rest(path + "/subtasks/accumulators").path("subtasks");
      for (JsonNode subtask : stage.path("subtasks")) {
        for (JsonNode counter : counters) {
          if (counter.path("subtask").asInt() == subtask.path("subtask").asInt()) {
            decoded.merge(
                subtask.path("taskmanager-id").asText(),
                count(counter.path("user-accumulators"), "images_decoded"),
                Long::sum);
          }
        }
      }
    }
    return decoded;
  }

  /**
   * The value of a Beam counter, or the count of a distribution, as Flink shows it; 0 if it shows
   * none.
   */
  static long count(JsonNode accumulators, String name) throws IOException {
    for (JsonNode accumulator : accumulators) {
      JsonNode metrics = new ObjectMapper().readTree(accumulator.path("value").asText());
      for (JsonNode metric : metrics.path("metrics").path("attempted")) {
        if (metric.path("labels").path("NAME").asText().equals(name)) {
          byte[] payload = Base64.getDecoder().decode(metric.path("payload").asText());
          return VarInt.decodeLong(new ByteArrayInputStream(payload));
        }
      }
    }
    return 0;
  }

  /** The stages had elements on two TaskManagers. */
  static void assertOfBoth(List<JsonNode> stages) {
    assertTrue(!stages.isEmpty());
    Set<String> workers = new HashSet<>();
    for (JsonNode stage : stages) {
      for (JsonNode subtask : stage.path("subtasks")) {
        if (subtask.path("metrics").path("read-records").asLong() > 0) {
          workers.add(subtask.path("taskmanager-id").asText().replaceFirst("-[0-9a-f]{8}$", ""));
        }
      }
    }
    assertEquals(Set.of("taskmanager-1", "taskmanager-2"), workers, stages.toString());
  }

  /** The TaskManagers that had a part of the stages. */
  static Set<String> workers(List<JsonNode> stages) {
    Set<String> workers = new HashSet<>();
    for (JsonNode stage : stages) {
      for (JsonNode subtask : stage.path("subtasks")) {
        workers.add(subtask.path("taskmanager-id").asText());
      }
    }
    return workers;
  }
}
