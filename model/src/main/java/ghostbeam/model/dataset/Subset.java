package ghostbeam.model.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/**
 * Some of a split's records as a split of their own, without copying them: {@code
 * <split>-subset.json} in another folder refers to them. {@link Dataset} and {@link Manifest} read
 * such a folder like any dataset's.
 *
 * @param of folder of the dataset that holds the records
 * @param digest of that dataset's split, which must not have changed
 * @param classes names in order of the subset's labels, each a class of the dataset
 * @param labelCounts records of each class
 * @param records record numbers in the dataset, in the subset's order
 */
@SuppressWarnings("ArrayRecordComponent")
public record Subset(
    String of, String digest, List<String> classes, List<Long> labelCounts, long[] records) {
  private static final int LIMIT_BYTES = 1 << 30;
  private static final int NONE = -1;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public Subset {
    classes = List.copyOf(classes);
    labelCounts = List.copyOf(labelCounts);
  }

  /** Writes it into a folder, whole; throws where another is there. */
  public void write(DatasetFolder folder) throws IOException {
    folder.storage().writeNew(folder.subsetPath(), JSON.writeValueAsBytes(this));
  }

  /**
   * Reads a folder's subset file.
   *
   * @throws IOException where it is damaged
   */
  static Subset read(DatasetFolder folder) throws IOException {
    String path = folder.subsetPath();
    Subset subset;
    try {
      subset = JSON.readValue(folder.storage().readWhole(path, LIMIT_BYTES), Subset.class);
    } catch (JsonProcessingException e) {
      throw new IOException(path + " is not a subset of a dataset: " + e.getOriginalMessage(), e);
    }
    if (subset == null) {
      throw new IOException(path + " is not a subset of a dataset: it is null");
    }
    return subset;
  }

  /**
   * The manifest of the dataset that holds the records.
   *
   * @throws IOException where that dataset has changed since, is a subset itself, or lacks one of
   *     the records
   */
  Manifest whole(DatasetFolder folder) throws IOException {
    DatasetFolder there = new DatasetFolder(folder.storage(), of, folder.split());
    if (!there.isFinished()) {
      there.requireOwnRecords(); // a subset that refers to itself would recurse endlessly
    }
    Manifest whole = there.manifest();
    if (!whole.digest().equals(digest) || !whole.classes().containsAll(classes)) {
      throw new IOException(
          "%s was chosen from a dataset other than the one that %s now holds, split %s; choose again"
              .formatted(folder.subsetPath(), of, folder.split()));
    }
    if (!fits(whole)) {
      throw new IOException(
          "%s contradicts itself, or names records that %s does not have; choose again"
              .formatted(folder.subsetPath(), of));
    }
    return whole;
  }

  /** Whether all records are the dataset's, without duplicates, and the counts are consistent. */
  private boolean fits(Manifest whole) {
    long[] sorted = records.clone();
    Arrays.sort(sorted);
    long before = -1;
    for (long record : sorted) {
      if (record <= before || record >= whole.records()) {
        return false;
      }
      before = record;
    }
    return labelCounts.size() == classes.size()
        && labelCounts.stream().allMatch(count -> count >= 0 && count <= records.length)
        && labelCounts.stream().mapToLong(Long::longValue).sum() == records.length
        && new HashSet<>(classes).size() == classes.size();
  }

  /** The subset's manifest, derived from the dataset's. */
  Manifest manifest(Manifest whole) {
    String chosen = whole.digest() + classes + Arrays.toString(records);
    return new Manifest(
            whole.format(),
            whole.split(),
            records.length,
            classes,
            labelCounts,
            whole.labels(),
            whole.seed(),
            whole.settings(),
            new Manifest.Source(
                of, whole.records(), Sha256.of(chosen.getBytes(StandardCharsets.UTF_8))),
            shards(whole),
            0,
            "")
        .withDigest();
  }

  /** The shards that hold any of the records, with the number of these. */
  private List<Manifest.Shard> shards(Manifest whole) {
    long[] sorted = records.clone();
    Arrays.sort(sorted);
    List<Manifest.Shard> shards = new ArrayList<>();
    long end = 0;
    int next = 0;
    for (Manifest.Shard shard : whole.shards()) {
      end += shard.records();
      int first = next;
      while (next < sorted.length && sorted[next] < end) {
        next++;
      }
      if (next > first) {
        shards.add(new Manifest.Shard(shard.file(), next - first, shard.bytes(), shard.crc32c()));
      }
    }
    return shards;
  }

  /** The subset's label, or {@link #NONE}, for each of the dataset's labels. */
  int[] labels(Manifest whole) {
    return whole.classes().stream().mapToInt(classes::indexOf).toArray();
  }

  /**
   * A record of the dataset with the subset's label.
   *
   * @throws IOException where its class is not in the subset
   */
  static Example relabelled(Example example, int[] labels) throws IOException {
    boolean known = example.label() >= 0 && example.label() < labels.length;
    int label = known ? labels[example.label()] : NONE;
    if (label == NONE) {
      throw new IOException(
          "a record of class %s (%s) was chosen, but its class was not; choose again"
              .formatted(example.synset(), example.filename()));
    }
    return example.withLabel(label);
  }
}
