package ghostbeam.model.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One split of a dataset folder, finished or in progress: the names of its files.
 *
 * @param storage where the folder is
 * @param folder absolute path or URI; it need not exist
 * @param split such as {@code train}
 */
public record DatasetFolder(Storage storage, String folder, String split) implements Serializable {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
  private static final String SHARD = ".tfrecord";
  private static final String INDEX = ".index";
  private static final String RECEIPT = ".receipt";
  private static final String MANIFEST = "-manifest.json";
  private static final String SUBSET = "-subset.json";
  private static final String REJECTED = "-rejected.jsonl";
  private static final String TITLES = "-classes.txt";

  /** The suffix of an unfinished file, see {@link #temporaryPath}. */
  private static final String UNFINISHED = "(\\.[-0-9a-f]{36})?\\.part";

  private static final String ANY_SHARD = "-\\d{5}-of-\\d{5}\\.";

  /** The suffix of files that a finished dataset does not need. */
  private static final String LEFTOVER =
      ANY_SHARD + "(receipt|(tfrecord|index|receipt)" + UNFINISHED + ")";

  private static final Pattern ANY_LEFTOVER = Pattern.compile(".*" + LEFTOVER);

  /** True for a name that stays inside its folder on every store: no '/', no '..', no glob. */
  static boolean isPlain(String name) {
    return name.length() <= 255 && PLAIN.matcher(name).matches();
  }

  /** The names of a folder's finished splits, subsets included, in byte order. */
  public static List<String> splits(Storage storage, String folder) throws IOException {
    String top = Storage.resolve(folder, "");
    return storage.listPrefix(top).stream()
        .map(file -> file.path().substring(top.length()))
        .filter(name -> name.endsWith(MANIFEST) || name.endsWith(SUBSET))
        .map(name -> name.substring(0, name.lastIndexOf('-')))
        .distinct()
        .sorted()
        .toList();
  }

  /** The split whose manifest a path names; empty for any other path. */
  public static Optional<DatasetFolder> ofManifest(Storage storage, String path) {
    int name = path.lastIndexOf('/') + 1;
    return path.endsWith(MANIFEST)
        ? Optional.of(
            new DatasetFolder(
                storage,
                path.substring(0, name),
                path.substring(name, path.length() - MANIFEST.length())))
        : Optional.empty();
  }

  /** {@code train-00017-of-01024.tfrecord}; shards are numbered from 0. */
  public static String shard(String split, int shard, int shards) {
    if (shard < 0 || shard >= shards) {
      throw new IllegalArgumentException("shard " + shard + " of " + shards);
    }
    return String.format(Locale.ROOT, "%s-%05d-of-%05d%s", split, shard, shards, SHARD);
  }

  /** {@code train-00017-of-01024.index}, given the shard file's name or path. */
  public static String index(String shardFile) {
    return beside(shardFile, INDEX);
  }

  /**
   * {@code train-00017-of-01024.receipt} likewise: what lets a later run resume an unfinished one.
   */
  public static String receipt(String shardFile) {
    return beside(shardFile, RECEIPT);
  }

  private static String beside(String shardFile, String suffix) {
    return shardFile.replaceFirst(Pattern.quote(SHARD) + "$", "") + suffix;
  }

  /** The path of a file of this name. */
  public String path(String file) {
    return Storage.resolve(folder, file);
  }

  /** {@code train-manifest.json}, which exists once the split is finished. */
  public String manifestPath() {
    return path(split + MANIFEST);
  }

  /** {@code train-subset.json}, the split's only file where it is a subset of another folder's. */
  String subsetPath() {
    return path(split + SUBSET);
  }

  /** Whether the split is a {@link Subset} of another folder's. */
  public boolean isSubset() throws IOException {
    return storage.exists(subsetPath());
  }

  /** Throws where it is, for callers that need shards. */
  public void requireOwnRecords() throws IOException {
    if (isSubset()) {
      throw new IOException(folder + " holds no records of its own; give the dataset that does");
    }
  }

  /** {@code train-rejected.jsonl}, which exists if any image was rejected. */
  public String rejectedPath() {
    return path(split + REJECTED);
  }

  /**
   * {@code train-classes.txt}, which exists if a list of classes gave them titles: a line for each
   * class, its name and its title. The manifest's digest does not depend on it.
   */
  public String titlesPath() {
    return path(split + TITLES);
  }

  /** {@code train.lock}, which a run holds while it makes this split. */
  public String lockPath() {
    return path(split + ".lock");
  }

  /** {@code train.run}, which identifies that run. */
  public String runPath() {
    return path(split + ".run");
  }

  /**
   * A file's temporary name, different at each call, since an attempt that is presumed dead may
   * still be writing to its own.
   */
  public String temporaryPath(String file) {
    return path(file) + "." + UUID.randomUUID() + ".part";
  }

  /** Whether the split is finished. */
  public boolean isFinished() throws IOException {
    return storage.exists(manifestPath());
  }

  /** Whether a file of this name is an unfinished shard, or only serves to resume. */
  public static boolean isLeftover(String name) {
    return ANY_LEFTOVER.matcher(name).matches();
  }

  /** Whether a run has begun to write shards and has not finished. */
  public boolean isUnfinished() throws IOException {
    return !isFinished() && names().stream().anyMatch(files(LEFTOVER).asMatchPredicate());
  }

  /** Whether a run has planned shards, finished or not. */
  boolean isBegun() throws IOException {
    return names().stream().anyMatch(name -> name.startsWith(split + "-0"));
  }

  /** The finished dataset's manifest; an unfinished one throws. */
  public Manifest manifest() throws IOException {
    return Manifest.read(storage, folder, split);
  }

  /** The rejected images, in the order in which they were written. */
  public List<Rejection> rejections() throws IOException {
    List<Rejection> rejections = new ArrayList<>();
    if (storage.exists(rejectedPath())) {
      byte[] lines = storage.readWhole(rejectedPath());
      for (String line : new String(lines, UTF_8).lines().toList()) {
        rejections.add(Rejection.parse(line));
      }
    }
    return rejections;
  }

  /** Writes the rejected images, if there are any. */
  public void writeRejections(List<Rejection> rejections) throws IOException {
    if (!rejections.isEmpty()) {
      String lines = rejections.stream().map(Rejection::toJsonLine).collect(Collectors.joining());
      storage.writeWhole(rejectedPath(), ByteBuffer.wrap(lines.getBytes(UTF_8)));
    }
  }

  /** Writes the classes' titles, one a line, if there are any. */
  public void writeTitles(List<String> titles) throws IOException {
    if (!titles.isEmpty()) {
      String lines = String.join("\n", titles) + "\n";
      storage.writeWhole(titlesPath(), ByteBuffer.wrap(lines.getBytes(UTF_8)));
    }
  }

  /**
   * A run's progress.
   *
   * @param shards finished shards, including an earlier run's until this run discards them
   * @param of all shards; 0 while unknown
   */
  public record Written(int shards, int of) {}

  /** The progress of an unfinished dataset; 0 of 0 for a finished one. */
  public Written written() throws IOException {
    Pattern receipt = files("-\\d{5}-of-(\\d{5})\\" + RECEIPT);
    int shards = 0;
    int of = 0;
    for (String name : names()) {
      Matcher matcher = receipt.matcher(name);
      if (name.equals(split + MANIFEST)) {
        return new Written(0, 0);
      }
      if (matcher.matches()) {
        int all = Integer.parseInt(matcher.group(1));
        if (shards > 0 && all != of) {
          return new Written(0, 0); // shards of another plan are about to be deleted
        }
        shards++;
        of = all;
      }
    }
    return new Written(shards, of);
  }

  /** The version of each of the split's files, by path. */
  public Map<String, String> versions() throws IOException {
    return files().stream().collect(Collectors.toMap(Storage.Entry::path, Storage.Entry::version));
  }

  /**
   * Deletes what earlier runs left of this split, its manifest first, so that it no longer counts
   * as finished. Possibly finished shards of an unfinished run with the same number of shards stay,
   * as do the folder's other files.
   */
  public void clear(int shards) throws IOException {
    if (isFinished()) {
      // From a run that was killed after writing its manifest; the new run must not reuse them.
      deleteLeftovers();
      storage.delete(manifestPath());
    }
    Predicate<String> kept =
        files(String.format(Locale.ROOT, "-\\d{5}-of-%05d\\.(tfrecord|index|receipt)", shards))
            .asMatchPredicate();
    Predicate<String> ours =
        files(
                String.format(
                    "(%s(tfrecord|index|receipt)|%s|%s|%s)(%s)?",
                    ANY_SHARD,
                    Pattern.quote(REJECTED),
                    Pattern.quote(MANIFEST),
                    Pattern.quote(TITLES),
                    UNFINISHED))
            .asMatchPredicate();
    deleteWhere(ours.and(kept.negate()));
  }

  /** Deletes what a finished dataset does not need: receipts, and leftovers of failed attempts. */
  public void deleteLeftovers() throws IOException {
    deleteWhere(files(LEFTOVER).asMatchPredicate());
  }

  private Pattern files(String afterSplit) {
    return Pattern.compile(Pattern.quote(split) + afterSplit);
  }

  private void deleteWhere(Predicate<String> name) throws IOException {
    for (String file : names()) {
      if (name.test(file)) {
        storage.delete(path(file));
      }
    }
  }

  private List<String> names() throws IOException {
    int name = path("").length();
    return files().stream().map(file -> file.path().substring(name)).toList();
  }

  /** All files of the split, not the folder's others. */
  private List<Storage.Entry> files() throws IOException {
    return storage.listPrefix(path(split + "-"));
  }
}
