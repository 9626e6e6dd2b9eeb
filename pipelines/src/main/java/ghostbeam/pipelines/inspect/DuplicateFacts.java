package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.inspect.PixelDigests.Group;
import ghostbeam.pipelines.inspect.PixelDigests.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which images of datasets have identical pixels, within a split and across splits. */
final class DuplicateFacts {
  private final List<Split> splits = new ArrayList<>();

  private record Split(String uri, Dataset dataset) {}

  private DuplicateFacts() {}

  /**
   * Reads every record of every finished split.
   *
   * @param folders dataset folders, each once
   * @throws IOException if one holds no finished split, or a record is damaged
   */
  static ObjectNode of(Storage storage, List<String> folders) throws IOException {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("kind", "datasets");
    ArrayNode datasets = facts.putArray("datasets");
    DuplicateFacts duplicates = new DuplicateFacts();
    try {
      for (String folder : folders) {
        datasets.add(DatasetFacts.of(storage, folder));
        for (String split : DatasetFolder.splits(storage, folder)) {
          new DatasetFolder(storage, folder, split).requireOwnRecords();
          duplicates.splits.add(new Split(folder, Dataset.open(storage, folder, split)));
        }
      }
      facts.set("duplicates", duplicates.toJson());
      return facts;
    } finally {
      for (Split split : duplicates.splits) {
        split.dataset().close();
      }
    }
  }

  private ObjectNode toJson() throws IOException {
    PixelDigests digests = new PixelDigests();
    for (int i = 0; i < splits.size(); i++) {
      digests.add(i, splits.get(i).dataset());
    }
    List<Group> groups =
        digests.groups(place -> splits.get(place.split()).dataset().read(place.record()));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("images", digests.known());
    json.put("withoutDigest", digests.missing());
    json.put("comparable", areComparable());
    json.put("groups", groups.size());
    json.put(
        "groupsWithinASplit",
        groups.stream().filter(group -> splitsOf(group) < group.places().size()).count());
    json.put("groupsAcrossSplits", groups.stream().filter(group -> splitsOf(group) > 1).count());
    int severalClasses = 0;
    ArrayNode same = JsonNodeFactory.instance.arrayNode();
    for (Group group : groups) {
      Set<String> classes = new HashSet<>();
      same.add(toJson(group, classes));
      severalClasses += classes.size() > 1 ? 1 : 0;
    }
    json.put("groupsOfSeveralClasses", severalClasses);
    json.set("samePixels", same);
    return json;
  }

  private ObjectNode toJson(Group group, Set<String> classes) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("xxh3", group.digest());
    ArrayNode images = JsonNodeFactory.instance.arrayNode();
    for (Place place : group.places()) {
      Split split = splits.get(place.split());
      Example example = split.dataset().read(place.record());
      classes.add(example.synset());
      images
          .addObject()
          .put("dataset", split.uri())
          .put("split", split.dataset().manifest().split())
          .put("record", place.record())
          .put("image", example.key());
    }
    json.set("image", images);
    return json;
  }

  /**
   * Whether equal images have equal digests: not if they were resized or decoded differently, or if
   * only some were kept as JPEG, whose digest covers other pixels than a raw record's.
   */
  private boolean areComparable() {
    return splits.stream()
            .map(split -> split.dataset().manifest().settings())
            .map(
                (Manifest.Settings made) ->
                    List.of(made.encoding(), made.shorterSide(), made.codec()))
            .distinct()
            .count()
        <= 1;
  }

  private static long splitsOf(Group group) {
    return group.places().stream().mapToInt(Place::split).distinct().count();
  }
}
