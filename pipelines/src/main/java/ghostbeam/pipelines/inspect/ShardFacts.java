package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardReader;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.IntSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;

/** Facts about one shard file; every record is read and both its CRCs are checked. */
final class ShardFacts {
  private final Map<String, Integer> formats = new TreeMap<>();
  private final Map<String, Integer> colorspaces = new TreeMap<>();
  private final IntSummaryStatistics widths = new IntSummaryStatistics();
  private final IntSummaryStatistics heights = new IntSummaryStatistics();
  private final TreeMap<Integer, Integer> labels = new TreeMap<>();

  private ShardFacts() {}

  /**
   * Reads a shard of a finished dataset from its first to its last record.
   *
   * @throws IOException if its dataset is not finished, or a record is damaged
   */
  static ObjectNode of(Storage storage, String path) throws IOException {
    int slash = path.lastIndexOf('/');
    String folder = slash < 0 ? "." : path.substring(0, Math.max(1, slash));
    String file = path.substring(slash + 1);
    String split = file.replaceFirst("-\\d{5}-of-\\d{5}\\.tfrecord$", "");
    try (Dataset dataset = Dataset.open(storage, folder, split)) {
      int number =
          dataset.manifest().shards().stream().map(Manifest.Shard::file).toList().indexOf(file);
      if (number < 0) {
        throw new IOException(path + " is not among the shards of its dataset's manifest");
      }
      ShardFacts facts = new ShardFacts();
      try (ShardReader reader = dataset.shard(number)) {
        for (int i = 0; i < reader.records(); i++) {
          facts.add(reader.read(i));
        }
      }
      return facts.toJson(path, dataset, number);
    }
  }

  private void add(Example example) {
    formats.merge(example.format(), 1, Integer::sum);
    colorspaces.merge(example.colorspace(), 1, Integer::sum);
    widths.accept(example.width());
    heights.accept(example.height());
    labels.merge(example.label(), 1, Integer::sum);
  }

  private ObjectNode toJson(String path, Dataset dataset, int number) {
    Manifest.Shard shard = dataset.manifest().shards().get(number);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", "shard").put("uri", path);
    json.put("dataset", dataset.manifest().digest());
    json.put("firstRecord", dataset.firstRecord(number));
    json.put("records", shard.records());
    json.put("bytes", shard.bytes());
    json.put("crc32c", shard.crc32c());
    json.put("classes", labels.size());
    if (shard.records() > 0) {
      json.put("width", range(widths)).put("height", range(heights));
    }
    formats.forEach(json.putObject("formats")::put);
    colorspaces.forEach(json.putObject("colorspaces")::put);
    return json;
  }

  private static String range(IntSummaryStatistics sizes) {
    return sizes.getMin() + ".." + sizes.getMax();
  }
}
