package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Facts from the manifests of a dataset folder. */
final class DatasetFacts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DatasetFacts() {}

  /**
   * Facts about each finished split of a folder, in byte order of their names.
   *
   * @throws IOException if the folder holds none; the message lists what can be inspected
   */
  static ObjectNode of(Storage storage, String folder) throws IOException {
    List<String> splits = DatasetFolder.splits(storage, folder);
    if (splits.isEmpty()) {
      boolean something = storage.exists(folder) || !storage.list(folder).isEmpty();
      throw new IOException(
          folder
              + (something
                  ? " holds no finished dataset; expected the folder of a dataset, a training or an"
                      + " evaluation, a shard (.tfrecord) or a checkpoint (.safetensors); images that"
                      + " are no dataset yet are looked at by --input="
                      + folder
                  : " is neither a file or folder nor a preset; presets are "
                      + String.join(", ", Preset.titles())));
    }
    ObjectNode facts = JSON.createObjectNode();
    facts.put("kind", "dataset").put("uri", folder);
    ArrayNode list = facts.putArray("splits");
    for (String split : splits) {
      list.add(of(new DatasetFolder(storage, folder, split)));
    }
    return facts;
  }

  private static ObjectNode of(DatasetFolder folder) throws IOException {
    Manifest manifest = folder.manifest();
    ObjectNode facts = JSON.createObjectNode();
    facts.put("split", manifest.split());
    facts.put("digest", manifest.digest());
    facts.put("records", manifest.records());
    if (folder.isSubset()) {
      facts.put("recordsOf", manifest.source().uri());
    } else {
      facts.put("shards", manifest.shards().size());
      facts.put("bytes", manifest.shards().stream().mapToLong(Manifest.Shard::bytes).sum());
    }
    facts.put("rejected", manifest.rejected());
    facts.put("classes", manifest.classes().size());
    facts.put("labels", manifest.labels());
    facts.put("smallestClass", Collections.min(manifest.labelCounts()));
    facts.put("largestClass", Collections.max(manifest.labelCounts()));
    ArrayNode names = facts.putArray("classNames");
    manifest.classes().forEach(names::add);
    ObjectNode settings = facts.putObject("settings").put("seed", manifest.seed());
    settings.setAll(JSON.<ObjectNode>valueToTree(manifest.settings()));
    return facts.set("source", JSON.valueToTree(manifest.source()));
  }
}
