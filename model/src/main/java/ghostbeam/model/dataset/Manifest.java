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
 * The content of {@code <split>-manifest.json}. It is written last: without it a dataset is not
 * finished. Records are numbered by their position in manifest order.
 *
 * @param format {@value #FORMAT}
 * @param split such as {@code train} or {@code val}
 * @param records in all shards
 * @param classes synset names in label order
 * @param labelCounts records of each class, in label order
 * @param labels how labels were assigned; absent from the file where {@link #ORDINARY_LABELS}
 * @param seed of the shard plan's permutation
 * @param settings how the images were prepared
 * @param source where they came from
 * @param shards in record order
 * @param rejected number of rejected images of the source
 * @param digest {@code sha256:} and 64 hex digits, over everything but run time and location
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

  /** The default of {@link #labels}. */
  public static final String ORDINARY_LABELS = "folder names, in byte order";

  private static final Pattern CRC = Pattern.compile("[0-9a-f]{8}");

  /** Throws {@link IllegalArgumentException} for a manifest that contradicts itself. */
  public Manifest {
    classes = List.copyOf(classes);
    labelCounts = List.copyOf(labelCounts);
    shards = List.copyOf(shards);
    require(DatasetFolder.isPlain(split), "split is '" + split + "', expected a plain name");
    require(
        classes.size() == labelCounts.size(), "it does not have one label count for each class");
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

  /** How the images were prepared; the bytes of resized images also depend on the codec. */
  public record Settings(String encoding, int shorterSide, int quality, String codec) {}

  /** Where the images came from; {@code digest} identifies them independently of their location. */
  public record Source(String uri, long images, String digest) {}

  /**
   * One shard file of the dataset's folder; {@code crc32c} is that of the whole file, as eight
   * lower-case hex digits.
   */
  public record Shard(String file, long records, long bytes, String crc32c) {
    public Shard {
      require(DatasetFolder.isPlain(file), "shard '" + file + "' is not a plain file name");
      require(
          records >= 0 && records < Integer.MAX_VALUE && bytes / Framing.OVERHEAD >= records,
          "shard " + file + " cannot hold " + records + " records in " + bytes + " bytes");
      require(CRC.matcher(crc32c).matches(), "shard " + file + " has no CRC32C");
    }

    /** The shard written so far, under the given file name. */
    public static Shard of(String file, ShardWriter written) {
      String hex = String.format(Locale.ROOT, "%08x", written.crc32c());
      return new Shard(file, written.records(), written.bytes(), hex);
    }
  }

  /**
   * The manifest of one split of a dataset folder; where there is none, throws and says what there
   * is instead.
   */
  public static Manifest read(Storage storage, String folder, String split) throws IOException {
    return ManifestJson.read(new DatasetFolder(storage, folder, split));
  }

  /** Writes this manifest into the folder, whole; throws where another is there. */
  public void write(Storage storage, String folder) throws IOException {
    String path = new DatasetFolder(storage, folder, split).manifestPath();
    storage.writeNew(path, ManifestJson.toBytes(this));
  }

  /**
   * This manifest with its {@link #digest}: the SHA-256 of its JSON without {@code digest} and
   * {@code source.uri}.
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
