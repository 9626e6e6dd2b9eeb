package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.network.Outline;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.LogLine;
import ghostbeam.model.training.TrainingFolder;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;

/** Facts about a training folder: progress, best checkpoint, recipe. */
final class TrainingFacts {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST = 256 << 20;

  private TrainingFacts() {}

  /**
   * Facts about a training that was started; reads and checks the checkpoint that was best in
   * validation.
   *
   * @throws IOException if one of its files is damaged
   */
  static ObjectNode of(Storage storage, TrainingFolder folder) throws IOException {
    ObjectNode facts = JSON.createObjectNode();
    facts.put("kind", "training").put("uri", folder.path());
    ObjectNode recipe = recipe(storage, folder);
    List<LogLine> lines = folder.logged(storage);
    putProgress(facts, lines, recipe.path("epochs").asInt());
    facts.put("resumable", storage.exists(folder.state()));
    List<Storage.Entry> checkpoints = storage.list(folder.checkpoints());
    facts.put("checkpoints", checkpoints.size());
    facts.put("bytes", checkpoints.stream().mapToLong(Storage.Entry::bytes).sum());
    if (storage.exists(folder.best())) {
      putBest(facts, storage, folder.best(), epochs(lines));
    }
    recipe.remove("architecture");
    return facts.set("recipe", recipe);
  }

  private static ObjectNode recipe(Storage storage, TrainingFolder folder) throws IOException {
    String path = folder.recipe();
    if (!storage.exists(path)) {
      return JSON.createObjectNode();
    }
    try {
      if (JSON.readTree(storage.readWhole(path, LARGEST)) instanceof ObjectNode recipe) {
        return recipe;
      }
      throw new IOException(path + " is not a training's recipe: expected a JSON object");
    } catch (JsonProcessingException e) {
      throw new IOException(path + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static List<LogLine.Epoch> epochs(List<LogLine> lines) {
    return lines.stream()
        .filter(LogLine.Epoch.class::isInstance)
        .map(LogLine.Epoch.class::cast)
        .toList();
  }

  private static void putProgress(ObjectNode facts, List<LogLine> lines, int planned) {
    List<LogLine.Epoch> epochs = epochs(lines);
    int done = epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).epoch();
    facts.put("finished", planned > 0 && done >= planned);
    facts.put("epochs", done).put("plannedEpochs", planned);
    facts.put("step", lines.isEmpty() ? 0 : lines.get(lines.size() - 1).step());
    if (!epochs.isEmpty()) {
      facts.set(
          "lastEpoch", epochs.get(epochs.size() - 1).json().without(List.of("epochs", "step")));
    }
  }

  private static void putBest(
      ObjectNode facts, Storage storage, String path, List<LogLine.Epoch> epochs)
      throws IOException {
    MessageDigest digest = Sha256.begin();
    CheckpointInfo info = Checkpoint.readInfo(storage, path, digest);
    int epoch = info.training().epoch();
    ObjectNode best = facts.putObject("best");
    best.put("uri", path).put("digest", Sha256.end(digest));
    best.put("epoch", epoch).put("step", info.training().step());
    epochs.stream()
        .filter(logged -> logged.epoch() == epoch)
        .forEach(logged -> best.put("top1", logged.top1()));
    facts.put("network", info.architecture().name());
    facts.put("inputSize", info.architecture().inputSize());
    facts.put("classes", info.architecture().classes());
    facts.put("parameters", Outline.of(info.architecture()).trainableParameters());
    facts.put("dataset", info.training().dataset());
  }
}
