package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Rejection;
import ghostbeam.model.dataset.ShardNames;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.LastingFailure;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where one split of a dataset goes.
 *
 * @param storage what holds the folder
 * @param folder absolute path or URI; it need not exist
 * @param split such as {@code train}
 * @param run the name of the run that makes it and has to have its {@link Claim}; empty where
 *     nobody else can be at it
 */
public record DatasetFolder(Storage storage, String folder, String split, String run)
    implements Serializable {
  /** What ends the name of a shard until it is whole, behind its {@link #temporaryPath}. */
  private static final String UNFINISHED = "(\\.[-0-9a-f]{36})?\\.part";

  private static final int LONGEST_CLAIM = 4096;

  /** A folder that nobody else writes into. */
  public DatasetFolder(Storage storage, String folder, String split) {
    this(storage, folder, split, "");
  }

  /**
   * Refuses a place that cannot take this split.
   *
   * @param replace whether a finished dataset of this split may be there
   */
  public void requireFree(boolean replace) throws IOException {
    if (storage.exists(folder)) {
      throw new IOException(folder + " is a file; --output takes a folder, which need not exist");
    }
    if (!replace && storage.exists(path(ShardNames.manifest(split)))) {
      throw new IOException(
          String.format(
              "%s already holds a finished dataset of split %s; give another --output, or"
                  + " --overwrite to replace it",
              folder, split));
    }
  }

  /** The finished dataset's manifest; an unfinished one throws. */
  public Manifest manifest() throws IOException {
    return Manifest.read(storage, folder, split);
  }

  /** The images that did not get in, in byte order of their keys. */
  public List<Rejection> rejections() throws IOException {
    String file = path(ShardNames.rejected(split));
    List<Rejection> rejections = new ArrayList<>();
    if (storage.exists(file)) {
      String lines = new String(storage.readWhole(file, Integer.MAX_VALUE - 8), UTF_8);
      for (String line : lines.lines().toList()) {
        rejections.add(Rejection.parse(line));
      }
    }
    return rejections;
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
    String manifest = ShardNames.manifest(split);
    Pattern receipt = files("-\\d{5}-of-(\\d{5})\\.receipt");
    int shards = 0;
    int of = 0;
    for (String name : names()) {
      Matcher matcher = receipt.matcher(name);
      if (name.equals(manifest)) {
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

  String path(String file) {
    return Storage.resolve(folder, file);
  }

  /**
   * What a file is called until it is whole: another name at each call, since an attempt that
   * everybody takes for dead may still write into its own.
   */
  String temporaryPath(String file) {
    return path(file) + "." + UUID.randomUUID() + ".part";
  }

  /** The file that names the run. */
  String claim() {
    return path(split + ".run");
  }

  /** Whether the run still is the one that makes this split. */
  boolean isClaimed() throws IOException {
    return run.isEmpty()
        || (storage.exists(claim())
            && run.equals(new String(storage.readWhole(claim(), LONGEST_CLAIM), UTF_8)));
  }

  /** Ends a run whose client died and whose place another has taken. */
  void requireClaimed() throws IOException {
    if (!isClaimed()) {
      throw LastingFailure.of(
          new IllegalStateException(
              "another run has taken over split "
                  + split
                  + " of "
                  + folder
                  + "; this one gives up"));
    }
  }

  /** The version of each file below the folder by its path. */
  Map<String, String> versions() throws IOException {
    Map<String, String> versions = new HashMap<>();
    for (Storage.Entry entry : storage.list(folder)) {
      versions.put(entry.path(), entry.version());
    }
    return versions;
  }

  /** The file that a run holds while it makes this split. */
  public String lock() {
    return path(split + ".lock");
  }

  /**
   * Deletes what earlier runs left of this split, its manifest first: from then on there is no
   * dataset. What may be whole shards of an unfinished dataset, planned as as many, stays; so do
   * other files of the folder.
   */
  void clear(int shards) throws IOException {
    String manifest = path(ShardNames.manifest(split));
    if (storage.exists(manifest)) {
      // Left by a run that was killed between its manifest and its end; what replaces is made anew.
      deleteLeftovers();
      storage.delete(manifest);
    }
    Pattern kept =
        files(String.format(Locale.ROOT, "-\\d{5}-of-%05d\\.(tfrecord|index|receipt)", shards));
    deleteWhere(ours().and(kept.asMatchPredicate().negate()));
  }

  /** Deletes what a finished dataset does not need: receipts, and what dead attempts left. */
  void deleteLeftovers() throws IOException {
    deleteWhere(
        files("-\\d{5}-of-\\d{5}\\.(receipt|(tfrecord|index|receipt)" + UNFINISHED + ")")
            .asMatchPredicate());
  }

  private Predicate<String> ours() {
    return files(
            "(-\\d{5}-of-\\d{5}\\.(tfrecord|index|receipt)|-rejected\\.jsonl|-manifest\\.json)"
                + "("
                + UNFINISHED
                + ")?")
        .asMatchPredicate();
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
    String top = path("");
    return storage.list(folder).stream()
        .map(Storage.Entry::path)
        .filter(path -> path.startsWith(top))
        .map(path -> path.substring(top.length()))
        .toList();
  }
}
