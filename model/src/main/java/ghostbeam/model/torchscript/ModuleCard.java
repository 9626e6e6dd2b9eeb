package ghostbeam.model.torchscript;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.CheckpointInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The metadata of a module that this project exported, a JSON file in its archive with the metadata
 * of its checkpoint. In Python: {@code files = {"ghostbeam.json": ""}; torch.jit.load("net.pt",
 * _extra_files=files)}.
 *
 * @param precision of its convolutions
 */
public record ModuleCard(CheckpointInfo info, Precision precision) {
  /** Its name in the archive, below the top folder. */
  static final String FILE = "extra/ghostbeam.json";

  private static final String PRECISION = "precision";

  /** Metadata whose strings are JSON; the rest is plain text. */
  private static final Set<String> NODES =
      Set.of("architecture", "epoch", "step", "classes", "preprocessing", "average");

  private static final ObjectMapper JSON = new ObjectMapper();

  byte[] toJson() throws JsonProcessingException {
    ObjectNode json = JSON.createObjectNode();
    for (Map.Entry<String, String> entry : info.toStrings().entrySet()) {
      String value = entry.getValue();
      if (NODES.contains(entry.getKey())) {
        json.set(entry.getKey(), JSON.readTree(value));
      } else {
        json.put(entry.getKey(), value);
      }
    }
    json.put(PRECISION, precision.title());
    return JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The inverse of {@link #toJson}.
   *
   * @param path of the module, for messages
   * @throws IOException naming the module, where the JSON is invalid
   */
  static ModuleCard ofJson(String path, byte[] file) throws IOException {
    try {
      Map<String, String> strings = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : JSON.readTree(file).properties()) {
        JsonNode value = entry.getValue();
        strings.put(entry.getKey(), value.isTextual() ? value.textValue() : value.toString());
      }
      String precision = strings.getOrDefault(PRECISION, Precision.FLOAT32.title());
      return new ModuleCard(
          CheckpointInfo.fromStrings(path, strings),
          Precision.named(precision)
              .orElseThrow(() -> new IllegalArgumentException("no precision " + precision)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(
          "%s has an %s that is not ours: %s"
              .formatted(path, FILE, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }
}
