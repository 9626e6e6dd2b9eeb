package ghostbeam.model.dataset;

import java.util.Locale;
import java.util.regex.Pattern;

/** What the files of a dataset folder are called. */
public final class ShardNames {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
  private static final String SHARD_SUFFIX = ".tfrecord";
  static final String MANIFEST_SUFFIX = "-manifest.json";

  private ShardNames() {}

  /** {@code train-00017-of-01024.tfrecord}; shards count from 0. */
  public static String shard(String split, int shard, int shards) {
    if (shard < 0 || shard >= shards) {
      throw new IllegalArgumentException("shard " + shard + " of " + shards);
    }
    return String.format(Locale.ROOT, "%s-%05d-of-%05d%s", split, shard, shards, SHARD_SUFFIX);
  }

  /** {@code train-00017-of-01024.index}, given the shard file's name or path. */
  public static String index(String shardFile) {
    String stem =
        shardFile.endsWith(SHARD_SUFFIX)
            ? shardFile.substring(0, shardFile.length() - SHARD_SUFFIX.length())
            : shardFile;
    return stem + ".index";
  }

  /** {@code train-manifest.json}. */
  public static String manifest(String split) {
    return split + MANIFEST_SUFFIX;
  }

  /** {@code train-rejected.jsonl}. */
  public static String rejected(String split) {
    return split + "-rejected.jsonl";
  }

  /** True for a name that stays inside its folder on every store: no '/', no '..', no glob. */
  public static boolean isPlain(String name) {
    return name.length() <= 255 && PLAIN.matcher(name).matches();
  }
}
