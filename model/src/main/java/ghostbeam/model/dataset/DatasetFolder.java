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
 * One split of a dataset folder: what its files are called, finished or in the making.
 *
 * @param storage what holds the folder
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

  /** What ends the name of a shard until it is whole, behind its {@link #temporaryPath}. */
  private static final String UNFINISHED = "(\\.[-0-9a-f]{36})?\\.part";

  private static final String ANY_SHARD = "-\\d{5}-of-\\d{5}\\.";

  /** What ends the names of files that a finished dataset does not need. */
  private static final String LEFTOVER =
      ANY_SHARD + "(receipt|(tfrecord|index|receipt)" + UNFINISHED + ")";

  private static final Pattern ANY_LEFTOVER = Pattern.compile(".*" + LEFTOVER);

  /** True for a name that stays inside its folder on every store: no '/', no '..', no glob. */
  static boolean isPlain(String name) {
    return name.length() <= 255 && PLAIN.matcher(name).matches();
  }

  /** The names of a folder's finished splits, in byte order; those of another's records, too. */
  public static List<String> splits(Storage storage, String folder) throws IOException {
    String top = Storage.resolve(folder, "");
    return storage.beginning(top).stream()
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

  /** {@code train-00017-of-01024.tfrecord}; shards count from 0. */
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

  /** {@code train-00017-of-01024.receipt} likewise: what serves to go on with an unfinished run. */
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

  /** {@code train-manifest.json}, there when the dataset is finished. */
  public String manifestPath() {
    return path(split + MANIFEST);
  }

  /** {@code train-subset.json}, there in place of all else where records lie in another folder. */
  String subsetPath() {
    return path(split + SUBSET);
  }

  /** Whether the folder names records of another one. */
  public boolean isSubset() throws IOException {
    return storage.exists(subsetPath());
  }

  /** Throws where it does, for whoever goes by shards. */
  public void requireOwnRecords() throws IOException {
    if (isSubset()) {
      throw new IOException(folder + " holds no records of its own; give the dataset that does");
    }
  }

  /** {@code train-rejected.jsonl}, there if any image was rejected. */
  public String rejectedPath() {
    return path(split + REJECTED);
  }

  /**
   * {@code train-classes.txt}, there if a list of classes said more than their names: a class a
   * line, its name and what people call it. The manifest's digest does not depend on it.
   */
  public String titlesPath() {
    return path(split + TITLES);
  }

  /** {@code train.lock}, which a run holds while it makes this split. */
  public String lockPath() {
    return path(split + ".lock");
  }

  /** {@code train.run}, which names that run. */
  public String runPath() {
    return path(split + ".run");
  }

  /**
   * What a file is called until it is whole: another name at each call, since an attempt that
   * everybody takes for dead may still write into its own.
   */
  public String temporaryPath(String file) {
    return path(file) + "." + UUID.randomUUID() + ".part";
  }

  /** Whether there is a dataset. */
  public boolean isFinished() throws IOException {
    return storage.exists(manifestPath());
  }

  /** Whether a file of this name is a shard that is not whole, or serves to go on with one. */
  public static boolean isLeftover(String name) {
    return ANY_LEFTOVER.matcher(name).matches();
  }

  /** Whether a run has begun to write shards and has not ended. */
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

  /** The images that did not get in, in the order in which they were written. */
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

  /** Writes the images that did not get in, if there are any. */
  public void writeRejections(List<Rejection> rejections) throws IOException {
    if (!rejections.isEmpty()) {
      String lines = rejections.stream().map(Rejection::toJsonLine).collect(Collectors.joining());
      storage.writeWhole(rejectedPath(), ByteBuffer.wrap(lines.getBytes(UTF_8)));
    }
  }

  /** Writes what people call classes, one a line, if there are any. */
  public void writeTitles(List<String> titles) throws IOException {
    if (!titles.isEmpty()) {
      String lines = String.join("\n", titles) + "\n";
      storage.writeWhole(titlesPath(), ByteBuffer.wrap(lines.getBytes(UTF_8)));
    }
  }

  /**
   * How far a run has come.
   *
   * @param shards that are whole; those of an earlier run too, until this one refuses them
   * @param of all shards; 0 while that is not known
   */
  public record Written(int shards, int of) {}

  /** What an unfinished dataset has by now; nothing of a finished one. */
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
          return new Written(0, 0); // what another plan left is about to be deleted
        }
        shards++;
        of = all;
      }
    }
    return new Written(shards, of);
  }

  /** The version of each file of the split by its path. */
  public Map<String, String> versions() throws IOException {
    return files().stream().collect(Collectors.toMap(Storage.Entry::path, Storage.Entry::version));
  }

  /**
   * Deletes what earlier runs left of this split, its manifest first: from then on there is no
   * dataset. What may be whole shards of an unfinished dataset, planned as as many, stays; so do
   * other files of the folder.
   */
  public void clear(int shards) throws IOException {
    if (isFinished()) {
      // Left by a run that was killed between its manifest and its end; what replaces is made anew.
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

  /** Deletes what a finished dataset does not need: receipts, and what dead attempts left. */
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

  /** All files of the split; others of the folder are not looked at. */
  private List<Storage.Entry> files() throws IOException {
    return storage.beginning(path(split + "-"));
  }
}
