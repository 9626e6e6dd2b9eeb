package ghostbeam.model.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.storage.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A manifest as a file: one line of JSON, fields in their documented order. */
final class ManifestJson {
  /** 21,843 classes and 10,000 shards take about 2 MiB. */
  private static final int LIMIT_BYTES = 64 << 20;

  /** A JSON tree takes up to 30 times the bytes of its tokens. */
  private static final long MAX_TOKENS = 4 << 20;

  private static final String LABELS = "labels";

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestJson() {}

  static byte[] toBytes(Manifest manifest) {
    return (tree(manifest) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What the file holds. Ordinary labels are left out, so that older manifests keep their digests.
   */
  private static ObjectNode tree(Manifest manifest) {
    ObjectNode tree = JSON.valueToTree(manifest);
    if (manifest.labels().equals(Manifest.ORDINARY_LABELS)) {
      tree.remove(LABELS);
    }
    return tree;
  }

  static String digest(Manifest manifest) {
    ObjectNode tree = tree(manifest);
    tree.remove("digest");
    ((ObjectNode) tree.get("source")).remove("uri");
    return Sha256.of(tree.toString().getBytes(StandardCharsets.UTF_8));
  }

  static Manifest read(DatasetFolder folder) throws IOException {
    if (!folder.isFinished()) {
      if (folder.isSubset()) {
        Subset subset = Subset.read(folder);
        return subset.manifest(subset.whole(folder));
      }
      throw missing(folder);
    }
    String path = folder.manifestPath();
    Manifest manifest = parse(path, folder.storage().readWhole(path, LIMIT_BYTES));
    if (!manifest.split().equals(folder.split())) {
      throw new IOException(
          path + " is of split '" + manifest.split() + "', not " + folder.split());
    }
    if (!manifest.digest().equals(digest(manifest))) {
      throw new IOException(
          path + " was changed after it was written: its digest does not match; preprocess again");
    }
    return manifest;
  }

  private static Manifest parse(String path, byte[] bytes) throws IOException {
    try {
      JsonNode tree = JSON.readTree(bytes);
      int format = tree.path("format").asInt(0);
      if (format != Manifest.FORMAT) {
        throw new IOException(
            path + " has format " + tree.path("format") + ", this build reads " + Manifest.FORMAT);
      }
      if (tree instanceof ObjectNode fields && !fields.has(LABELS)) {
        fields.put(LABELS, Manifest.ORDINARY_LABELS);
      }
      return JSON.treeToValue(tree, Manifest.class);
    } catch (JsonProcessingException e) {
      throw new IOException(path + " is not a dataset manifest: " + firstLine(e), e);
    }
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("broken JSON");
  }

  private static IOException missing(DatasetFolder folder) throws IOException {
    String top = folder.path("");
    if (folder.storage().list(folder.folder()).stream()
        .noneMatch(file -> file.path().startsWith(top))) {
      return new IOException(
          folder.folder()
              + " does not exist or is empty; expected a dataset folder made by preprocess");
    }
    List<String> splits = DatasetFolder.splits(folder.storage(), folder.folder());
    String found =
        "%s has no finished split '%s' (%s)%s"
            .formatted(
                folder.folder(),
                folder.split(),
                folder.manifestPath().substring(top.length()),
                splits.isEmpty() ? ", nor any other" : "; it has " + String.join(", ", splits));
    return folder.isBegun()
        ? new IOException(found + "; its preprocess run did not finish: run it again")
        : new AdvisedException(found, ModelRemedy.MAKE_SPLIT.with(folder.split()));
  }
}
