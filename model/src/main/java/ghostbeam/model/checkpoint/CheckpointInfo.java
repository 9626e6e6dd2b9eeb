package ghostbeam.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint's metadata says.
 *
 * @param architecture the network the tensors belong to
 * @param epoch epochs finished, 1-based; 0 where imported
 * @param step optimiser steps finished
 * @param weights {@code raw} or {@code ema}
 * @param classes class names in label order
 * @param dataset digest of the training data's manifest, or empty
 * @param recipe the training recipe as JSON, or empty
 * @param preprocessing how validation saw images
 */
public record CheckpointInfo(
    Architecture architecture,
    int epoch,
    long step,
    String weights,
    List<String> classes,
    String dataset,
    String recipe,
    ValidationView preprocessing) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};

  public CheckpointInfo {
    classes = List.copyOf(classes);
  }

  /** As safetensors metadata, keys in a fixed order. */
  Map<String, String> toStrings() {
    Map<String, String> strings = new LinkedHashMap<>();
    try {
      strings.put("architecture", JSON.writeValueAsString(architecture));
      strings.put("epoch", Integer.toString(epoch));
      strings.put("step", Long.toString(step));
      strings.put("weights", weights);
      strings.put("classes", JSON.writeValueAsString(classes));
      strings.put("dataset", dataset);
      strings.put("recipe", recipe);
      strings.put("preprocessing", JSON.writeValueAsString(preprocessing));
    } catch (JsonProcessingException e) {
      throw new AssertionError("records of plain values are JSON", e);
    }
    return strings;
  }

  static CheckpointInfo fromStrings(String path, Map<String, String> strings) throws IOException {
    if (!strings.containsKey("architecture")) {
      throw new IOException(
          path
              + " has no architecture in its metadata: it is not a checkpoint that ghostbeam wrote");
    }
    try {
      CheckpointInfo info =
          new CheckpointInfo(
              JSON.readValue(strings.get("architecture"), Architecture.class),
              Integer.parseInt(strings.getOrDefault("epoch", "0")),
              Long.parseLong(strings.getOrDefault("step", "0")),
              strings.getOrDefault("weights", "raw"),
              JSON.readValue(strings.getOrDefault("classes", "[]"), NAMES),
              strings.getOrDefault("dataset", ""),
              strings.getOrDefault("recipe", ""),
              JSON.readValue(strings.getOrDefault("preprocessing", "null"), ValidationView.class));
      if (info.classes().size() != info.architecture().classes() || info.preprocessing() == null) {
        throw new IllegalArgumentException(
            info.classes().size() + " class names for " + info.architecture().classes());
      }
      return info;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(path + " has unreadable metadata: " + firstLine(e), e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
