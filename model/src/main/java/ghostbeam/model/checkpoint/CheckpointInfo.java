package ghostbeam.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.storage.ForeignWeightsException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint's metadata.
 *
 * @param architecture the network the tensors belong to
 * @param classes class names in label order
 * @param preprocessing the view with which it was validated
 */
public record CheckpointInfo(
    Architecture architecture,
    WeightKind weights,
    Training training,
    List<String> classes,
    ValidationView preprocessing) {

  /**
   * Where the weights come from.
   *
   * @param epoch finished epochs
   * @param step finished optimiser steps
   * @param dataset digest of the training data's manifest, or empty
   * @param recipe the training recipe as JSON, or empty
   * @param average which checkpoints the weights are the mean of; null where training produced them
   */
  public record Training(int epoch, long step, String dataset, String recipe, Average average) {
    /** For weights trained elsewhere. */
    public static final Training NONE = new Training(0, 0, "", "");

    /** For weights that training produced. */
    public Training(int epoch, long step, String dataset, String recipe) {
      this(epoch, step, dataset, recipe, null);
    }
  }

  /**
   * The checkpoints whose mean the weights are.
   *
   * @param parts the checkpoints, in the order in which they were added
   * @param chosenOn the data whose scores decided which checkpoints to take; null where none did
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Average(List<Part> parts, Split chosenOn) {
    /**
     * One of the averaged checkpoints.
     *
     * @param name distinguishes it from the others
     * @param weight its weight in the mean
     * @param average which checkpoints it is itself the mean of; null where training produced it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Part(String name, String digest, double weight, Average average) {
      public Part {
        if (name == null || digest == null || name.chars().anyMatch(Character::isISOControl)) {
          throw new IllegalArgumentException("a part of an average has no name, or no digest");
        }
      }
    }

    /**
     * The data on which parts were chosen.
     *
     * @param dataset digest of the split's manifest
     * @param correct the mean's Top-1 hits
     */
    public record Split(String dataset, String split, long correct, long records) {}

    public Average {
      if (parts == null) {
        throw new IllegalArgumentException("an average has no parts");
      }
      parts = List.copyOf(parts);
    }

    /** Whether its parts, or those of a part, were chosen by scores on this dataset. */
    public boolean isChosenOn(String dataset) {
      return (chosenOn != null && dataset.equals(chosenOn.dataset))
          || parts.stream()
              .anyMatch(part -> part.average != null && part.average.isChosenOn(dataset));
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  public CheckpointInfo {
    classes = List.copyOf(classes);
  }

  /** The metadata of the safetensors file, with keys in a fixed order. */
  public Map<String, String> toStrings() {
    Map<String, String> strings = new LinkedHashMap<>();
    try {
      strings.put("architecture", JSON.writeValueAsString(architecture));
      strings.put("epoch", Integer.toString(training.epoch));
      strings.put("step", Long.toString(training.step));
      strings.put("weights", weights.title());
      strings.put("classes", JSON.writeValueAsString(classes));
      strings.put("dataset", training.dataset);
      strings.put("recipe", training.recipe);
      strings.put("preprocessing", JSON.writeValueAsString(preprocessing));
      if (training.average != null) {
        strings.put("average", JSON.writeValueAsString(training.average));
      }
    } catch (JsonProcessingException e) {
      throw new AssertionError("records of plain values are JSON", e);
    }
    return strings;
  }

  /**
   * The inverse of {@link #toStrings}.
   *
   * @param path of the file, for messages
   * @throws ForeignWeightsException where this project did not write the file
   * @throws IOException naming the file, where a field is missing or invalid
   */
  public static CheckpointInfo fromStrings(String path, Map<String, String> strings)
      throws IOException {
    if (!strings.containsKey("architecture")) {
      throw new ForeignWeightsException(
          path,
          "has no architecture in its metadata: ghostbeam did not write it; it may hold PyTorch's or"
              + " timm's weights");
    }
    try {
      Architecture architecture = value(strings, "architecture", Architecture.class);
      List<String> classes = List.of(value(strings, "classes", String[].class));
      if (classes.size() != architecture.classes()) {
        throw new IllegalArgumentException(
            classes.size() + " class names for " + architecture.classes());
      }
      return new CheckpointInfo(
          architecture,
          weights(strings.getOrDefault("weights", WeightKind.RAW.title())),
          new Training(
              Integer.parseInt(strings.getOrDefault("epoch", "0")),
              Long.parseLong(strings.getOrDefault("step", "0")),
              strings.getOrDefault("dataset", ""),
              strings.getOrDefault("recipe", ""),
              strings.containsKey("average") ? value(strings, "average", Average.class) : null),
          classes,
          value(strings, "preprocessing", ValidationView.class));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(path + " has unreadable metadata: " + firstLine(e), e);
    }
  }

  private static WeightKind weights(String title) {
    return WeightKind.named(title)
        .orElseThrow(
            () -> new IllegalArgumentException("weights '" + title + "' are neither raw nor ema"));
  }

  /** A required value, neither missing nor null. */
  private static <T> T value(Map<String, String> strings, String key, Class<T> type)
      throws JsonProcessingException {
    T value = JSON.readValue(strings.getOrDefault(key, "null"), type);
    boolean hollow = value instanceof Object[] list && Arrays.asList(list).contains(null);
    if (value == null || hollow) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
