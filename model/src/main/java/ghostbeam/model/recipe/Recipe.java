package ghostbeam.model.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training recipe, independent of the network: {@code Recipe.ORIGINAL.with(Batching::batchSize,
 * 32)}. Names of settings are unique across its parts.
 *
 * @param seed determines initial weights, sample order and augmentation
 */
public record Recipe(
    Batching batching,
    Optimization optimization,
    LearningRate learningRate,
    Regularization regularization,
    MixedPrecision mixedPrecision,
    Views views,
    long seed)
    implements Serializable {

  /** The original's defaults (MindSpore model zoo, 2022). */
  public static final Recipe ORIGINAL =
      new Recipe(
          Batching.ORIGINAL,
          Optimization.ORIGINAL,
          LearningRate.ORIGINAL,
          Regularization.ORIGINAL,
          MixedPrecision.ORIGINAL,
          Views.ORIGINAL,
          1);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Checks settings against each other and the input size; each part has checked its own values.
   *
   * @param inputSize side of the images in pixels
   * @throws IllegalArgumentException naming the setting, the expectation and the value
   */
  public void requireSound(int inputSize) {
    batching.requireSound(inputSize);
    learningRate.requireSound();
    views.augmentations().requireSound();
  }

  /**
   * This recipe with one setting changed: {@code recipe.with(LearningRate::lrMax, 0.6)}.
   *
   * @throws IllegalArgumentException naming the setting, the expectation and the value; or where a
   *     recipe has no such setting
   */
  public <P extends Record, V> Recipe with(Setting<P, V> setting, V value) {
    ObjectNode parts = JSON.valueToTree(this);
    ObjectNode part = parts.findParent(setting.name());
    if (part == null) {
      throw new IllegalArgumentException("a recipe has no setting " + setting.name());
    }
    part.set(setting.name(), JSON.valueToTree(value));
    try {
      return JSON.treeToValue(parts, Recipe.class);
    } catch (JsonProcessingException e) {
      throw e.getCause() instanceof IllegalArgumentException refusal
          ? refusal
          : new IllegalArgumentException(e);
    }
  }

  /** All settings by name, in the order of the parts. */
  public Map<String, JsonNode> settings() {
    Map<String, JsonNode> settings = new LinkedHashMap<>();
    addTo(settings, "", JSON.valueToTree(this));
    return settings;
  }

  private static void addTo(Map<String, JsonNode> settings, String name, JsonNode value) {
    if (value.isObject()) {
      value.properties().forEach(part -> addTo(settings, part.getKey(), part.getValue()));
    } else {
      settings.put(name, value);
    }
  }

  /** The settings that differ from {@link #ORIGINAL}, by name, with values as users write them. */
  public Map<String, String> differences() {
    Map<String, JsonNode> usual = ORIGINAL.settings();
    Map<String, String> differences = new LinkedHashMap<>();
    settings()
        .forEach(
            (name, value) -> {
              if (!value.equals(usual.get(name))) {
                differences.put(name, text(value));
              }
            });
    return differences;
  }

  /** Numbers as users write them: 2e-5, 0.6, 1024. */
  private static String text(JsonNode value) {
    return value.isDouble()
        ? value.asText().replaceFirst("\\.0(?=E|$)", "").replace('E', 'e')
        : value.asText();
  }
}
