package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Metric;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A {@link Row} in report.json: its parts' fields flattened, in an order for readers. */
final class RowJson {
  private static final Set<String> NAMES = Set.of("name", "uri", "preprocessing", "tied");
  private static final String IN_DATASET = "versusBestInDataset";
  private static final ObjectMapper JSON = new ObjectMapper();

  private RowJson() {}

  static Row read(ObjectNode json) throws JsonProcessingException {
    Figures figures = Figures.take(json);
    Row.Standing standing =
        new Row.Standing(
            take(json, Comparison.class, "versusBest"),
            take(json, Defeat.class, "partial"),
            take(json, Comparison.class, IN_DATASET));
    Report.Preprocessing preprocessing =
        JSON.treeToValue(json.path("preprocessing"), Report.Preprocessing.class);
    String name = json.path("name").asText(null);
    String uri = json.path("uri").asText(null);
    Row.Origin origin = JSON.treeToValue(json.without(NAMES), Row.Origin.class);
    return new Row(name, uri, origin, preprocessing, figures, standing, null);
  }

  private static <T> T take(ObjectNode json, Class<T> type, String field)
      throws JsonProcessingException {
    JsonNode part = json.remove(field);
    return part == null ? null : JSON.treeToValue(part, type);
  }

  static Map<String, Object> write(Row row) {
    Row.Origin origin = row.origin();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", row.name());
    json.put("uri", row.uri());
    json.put("digest", origin.digest());
    json.put("architecture", origin.architecture());
    json.put("weights", origin.weights());
    json.put("epoch", origin.epoch());
    json.put("step", origin.step());
    row.figures().put(json, Row.SCORES);
    json.put("preprocessing", row.preprocessing());
    json.put("versusBest", row.versusBest());
    if (row.standing().inDataset() != null) {
      json.put(IN_DATASET, row.standing().inDataset());
    }
    json.put("tied", row.tied());
    row.figures().put(json, Row.DETAILS);
    json.put("trainedOn", origin.trainedOn());
    json.put("recipe", origin.recipe());
    row.figures().put(json, Set.of(Metric.REAL));
    if (origin.classes() != null) {
      json.put("classes", origin.classes());
    }
    if (origin.meanOf() != null) {
      json.put("meanOf", origin.meanOf());
    }
    if (origin.moduleClasses() != null) {
      json.put("moduleClasses", origin.moduleClasses());
    }
    if (!row.complete()) {
      json.put("partial", row.partial());
    }
    return json;
  }

  /** The settings except the network, which has its own fields; null if there are none. */
  static JsonNode recipe(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode settings
          ? settings.without("architecture")
          : null;
    } catch (JsonProcessingException e) {
      return null; // another tool's recipe, as free text
    }
  }
}
