package ghostbeam.model.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import ghostbeam.model.checkpoint.TensorArchive;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code state/state.safetensors} of a training run: all that resuming needs, in one file that
 * appears whole or not at all. It needs no random state: random numbers are a function of seed,
 * epoch and record or step.
 *
 * @param dataset digests of the training and validation data
 */
record TrainingState(Storage storage, TrainingJob job, String dataset) {
  private static final ObjectMapper JSON = new ObjectMapper();

  private String path() {
    return job.folder().state();
  }

  boolean exists() throws IOException {
    return storage.exists(path());
  }

  void save(Learner learner, Progress progress) throws IOException {
    Map<String, String> strings = new LinkedHashMap<>();
    strings.put("recipe", job.recipeJson());
    strings.put("dataset", dataset);
    strings.put("progress", JSON.writeValueAsString(progress));
    new TensorArchive(strings, learner.state()).write(storage, path());
  }

  /**
   * Restores the learner to the saved state.
   *
   * @throws IOException where the state is damaged, or belongs to another recipe or dataset, naming
   *     what differs
   */
  Progress restore(Learner learner) throws IOException {
    TensorArchive archive = TensorArchive.read(storage, path());
    Map<String, String> strings = archive.strings();
    try {
      requireSame(JSON.readTree(strings.getOrDefault("recipe", "{}")));
      if (!dataset.equals(strings.get("dataset"))) {
        throw new AdvisedException(
            path() + " belongs to training on other data",
            ModelRemedy.SAME_TRAINING_OR_START_OVER.with());
      }
      learner.restore(archive.tensors());
      return JSON.readValue(strings.getOrDefault("progress", ""), Progress.class);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new AdvisedException(
          path() + " is not a state of this training run: " + e.getMessage(),
          Optional.of(ModelRemedy.START_OVER.with()),
          e);
    }
  }

  /**
   * Compares the settings that determine weights; others may change. A setting that did not exist
   * when the state was saved has the original's value.
   */
  private void requireSame(JsonNode saved) throws IOException {
    JsonNode mine = JSON.readTree(job.spec().settings().toString());
    Map<String, JsonNode> original = Recipe.ORIGINAL.settings();
    List<String> changes = new ArrayList<>();
    mine.properties()
        .forEach(
            field -> {
              JsonNode before =
                  saved.has(field.getKey())
                      ? saved.get(field.getKey())
                      : original.getOrDefault(field.getKey(), MissingNode.getInstance());
              if (!field.getValue().equals(before)) {
                changes.add(
                    field.getValue().isValueNode()
                        ? "%s was %s and is %s"
                            .formatted(field.getKey(), before.asText(), field.getValue().asText())
                        : "the " + field.getKey() + " differs");
              }
            });
    if (!changes.isEmpty()) {
      throw new AdvisedException(
          path() + " belongs to another recipe: " + String.join(", ", changes),
          ModelRemedy.SAME_TRAINING_OR_START_OVER.with());
    }
  }
}
