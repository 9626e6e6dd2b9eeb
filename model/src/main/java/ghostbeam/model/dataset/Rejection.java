package ghostbeam.model.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;

/**
 * One image that was not accepted into the dataset: a line of {@code <split>-rejected.jsonl}.
 *
 * @param key the image's key in its source, such as {@code n01440764/n01440764_18.JPEG}
 * @param step the step that failed: {@code read}, {@code decode}, …
 * @param reason why, in one line
 */
public record Rejection(String key, String step, String reason) implements Serializable {
  private static final JsonMapper JSON = new JsonMapper();

  /** {@code {"key":…,"step":…,"reason":…}} and a line end. */
  public String toJsonLine() {
    return JSON.<JsonNode>valueToTree(this) + "\n";
  }

  /** Parses such a line; throws where it is malformed. */
  public static Rejection parse(String line) throws JsonProcessingException {
    return JSON.readValue(line, Rejection.class);
  }
}
