package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.network.Preset;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.RecipeChoice;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import java.io.IOException;
import java.util.Map;

/** Facts about a network, from a preset or a checkpoint. */
final class NetworkFacts {
  private static final int IMAGENET_CLASSES = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private NetworkFacts() {}

  /** Facts about a preset with ImageNet's number of classes. */
  static ObjectNode ofPreset(String title) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("kind", "preset").put("name", title);
    Preset preset = Preset.named(title);
    putNetwork(facts, preset.architecture(IMAGENET_CLASSES));
    for (RecipeChoice choice : RecipeChoice.values()) {
      putRecipe(facts.putObject(choice + "Recipe"), choice.of(preset.recipe()));
    }
    return facts;
  }

  /**
   * Facts about a checkpoint file, read and checked in full.
   *
   * @throws IOException if it is not a checkpoint, or its tensors do not match its architecture
   */
  static ObjectNode ofCheckpoint(Storage storage, String path) throws IOException {
    Checkpoint checkpoint = Checkpoint.read(storage, path);
    CheckpointInfo info = checkpoint.info();
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("kind", "checkpoint").put("uri", path).put("digest", checkpoint.digest());
    facts.put("name", info.architecture().name());
    putNetwork(facts, info.architecture());
    facts.put("weights", info.weights().title());
    facts.put("epoch", info.training().epoch());
    facts.put("step", info.training().step());
    info.classes().forEach(facts.putArray("classNames")::add);
    facts.put("dataset", info.training().dataset());
    facts.set("recipe", settings(info.training().recipe()));
    if (info.training().average() != null) {
      facts.set("average", JSON.valueToTree(info.training().average()));
    }
    facts.set("preprocessing", JSON.valueToTree(info.preprocessing()));
    return facts;
  }

  /** A recipe's settings without the architecture, which is shown already; as it is if no JSON. */
  private static JsonNode settings(String recipe) {
    try {
      if (JSON.readTree(recipe) instanceof ObjectNode settings) {
        settings.remove("architecture");
        return settings;
      }
    } catch (JsonProcessingException e) {
      // Metadata may hold any text.
    }
    return TextNode.valueOf(recipe);
  }

  private static void putRecipe(ObjectNode facts, Recipe recipe) {
    facts.put("ranks", recipe.batching().ranks());
    Map<String, String> settings = recipe.differences();
    settings.remove("ranks");
    settings.forEach((setting, value) -> facts.put("--" + setting, value));
    facts.put("else", "train's defaults");
  }

  private static void putNetwork(ObjectNode facts, Architecture architecture) {
    Outline outline = Outline.of(architecture);
    facts.put("classes", architecture.classes());
    facts.put("inputSize", architecture.inputSize());
    facts.put("blocks", architecture.blockCount());
    facts.put("tensors", outline.tensors().size());
    facts.put("parameters", outline.trainableParameters());
    facts.put("values", outline.tensors().stream().mapToLong(TensorSpec::size).sum());
    facts.put("multiplyAdds", outline.multiplyAdds());
  }
}
