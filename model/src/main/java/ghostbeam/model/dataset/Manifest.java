package ghostbeam.model.dataset;

import ghostbeam.model.record.Framing;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What {@code <split>-manifest.json} says of a dataset; written last, so a dataset without it does
 * not exist yet. Record number = position in manifest order.
 *
 * @param format {@value #FORMAT}
 * @param split such as {@code train} or {@code val}
 * @param records of all shards
 * @param classes synset names in label order
 * @param labelCounts records of each class, in label order
 * @param labels how labels were got; the file has it only where it is not {@link #ORDINARY_LABELS}
 * @param seed of the shard plan's permutation
 * @param settings how the images were prepared
 * @param source where they came from
 * @param shards in record order
 * @param rejected images of the source that did not get in
 * @param digest {@code sha256:} and 64 hex digits over all but run time and place
 */
public record Manifest(
    int format,
    String split,
    long records,
    List<String> classes,
    List<Long> labelCounts,
    String labels,
    long seed,
    Settings settings,
    Source source,
    List<Shard> shards,
    long rejected,
    String digest) {
  /** The format this build writes and reads. */
  public static final int FORMAT = 1;

  /** What {@link #labels} is if nothing else is said. */
  public static final String ORDINARY_LABELS = "folder names, in byte order";

  private static final Pattern CRC = Pattern.compile("[0-9a-f]{8}");

  /**
   * Copies the lists; a manifest that contradicts itself is an {@link IllegalArgumentException}.
   */
  public Manifest {
    classes = List.copyOf(classes);
    labelCounts = List.copyOf(labelCounts);
    shards = List.copyOf(shards);
    require(DatasetFolder.isPlain(split), "split is '" + split + "', expected a plain name");
    require(classes.size() == labelCounts.size(), "it has not one label count for each class");
    require(
        labelCounts.stream().allMatch(count -> count >= 0)
            && labelCounts.stream().mapToLong(Long::longValue).reduce(0, Math::addExact) == records,
        "its label counts do not add up to its records");
    require(
        shards.stream().mapToLong(Shard::records).sum() == records,
        "its shards' records do not add up to its records");
    require(rejected >= 0, "rejected is " + rejected);
    Set<String> files = new HashSet<>();
    require(shards.stream().allMatch(shard -> files.add(shard.file())), "a shard is listed twice");
  }

  /** How the images were prepared; resized bytes also depend on the codec. */
  public record Settings(String encoding, int shorterSide, int quality, String codec) {}

  /** Where the images came from; {@code digest} says what they were, wherever they lay. */
  public record Source(String uri, long images, String digest) {}

  /**
   * One shard file of the dataset's folder; {@code crc32c} is eight lower-case hex digits over the
   * whole file.
   */
  public record Shard(String file, long records, long bytes, String crc32c) {
    public Shard {
      require(DatasetFolder.isPlain(file), "shard '" + file + "' is not a plain file name");
      require(
          records >= 0 && records < Integer.MAX_VALUE && bytes / Framing.OVERHEAD >= records,
          "shard " + file + " cannot hold " + records + " records in " + bytes + " bytes");
      require(CRC.matcher(crc32c).matches(), "shard " + file + " has no CRC32C");
    }

    /** What a writer has written so far, under the given file name. */
    public static Shard of(String file, ShardWriter written) {
      String hex = String.format(Locale.ROOT, "%08x", written.crc32c());
      return new Shard(file, written.records(), written.bytes(), hex);
    }
  }

  /** The manifest of one split of a dataset folder; a missing one throws, saying what is there. */
  public static Manifest read(Storage storage, String folder, String split) throws IOException {
    return ManifestJson.read(new DatasetFolder(storage, folder, split));
  }

  /** Writes this manifest into the folder, whole; another one there throws. */
  public void write(Storage storage, String folder) throws IOException {
    String path = new DatasetFolder(storage, folder, split).manifestPath();
    storage.writeNew(path, ManifestJson.toBytes(this));
  }

  /**
   * This manifest with {@link #digest} computed over all but run time and place: SHA-256 of its
   * JSON without {@code digest} and {@code source.uri}.
   */
  public Manifest withDigest() {
    return new Manifest(
        format,
        split,
        records,
        classes,
        labelCounts,
        labels,
        seed,
        settings,
        source,
        shards,
        rejected,
        ManifestJson.digest(this));
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
