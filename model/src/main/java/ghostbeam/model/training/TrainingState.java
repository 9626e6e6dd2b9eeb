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

/**
 * {@code state/state.safetensors} of a training: all that going on with it needs, in one file that
 * appears whole or not at all. Random numbers need no place in it: they are a function of seed,
 * epoch and record or step.
 *
 * @param dataset digests of what the training learns from and is validated on
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
   * Puts the learner where the state was saved.
   *
   * @throws IOException where it is damaged, or of another recipe or dataset, naming what differs
   */
  Progress restore(Learner learner) throws IOException {
    TensorArchive archive = TensorArchive.read(storage, path());
    Map<String, String> strings = archive.strings();
    try {
      requireSame(JSON.readTree(strings.getOrDefault("recipe", "{}")));
      if (!dataset.equals(strings.get("dataset"))) {
        throw new AdvisedException(
            path() + " is of a training on other data", ModelRemedy.SAME_TRAINING.with());
      }
      learner.restore(archive.tensors());
      return JSON.readValue(strings.getOrDefault("progress", ""), Progress.class);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(path() + " is no state of this training: " + e.getMessage(), e);
    }
  }

  /**
   * Compares what decides weights; what else the file has to say of its training may change. A
   * setting that there was not yet when it was saved was the original's.
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
                        : "the " + field.getKey() + " is another");
              }
            });
    if (!changes.isEmpty()) {
      throw new AdvisedException(
          path() + " is of another recipe: " + String.join(", ", changes),
          ModelRemedy.SAME_TRAINING.with());
    }
  }
}
