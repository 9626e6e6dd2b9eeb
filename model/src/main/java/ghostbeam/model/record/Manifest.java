package ghostbeam.model.record;

import java.io.IOException;
import java.util.List;

/**
 * What {@code <split>-manifest.json} says of a dataset; written last, so a dataset without it does
 * not exist yet. Record number = position in manifest order.
 */
public record Manifest(
    int format,
    String split,
    long records,
    List<String> classes,
    List<Long> labelCounts,
    long seed,
    Settings settings,
    Source source,
    List<Shard> shards,
    long rejected,
    String digest) {

  /** How the images were prepared. */
  public record Settings(String encoding, int shorterSide, int quality, String codec) {}

  /** Where the images came from. */
  public record Source(String uri, long images, String digest) {}

  /** One shard file; {@code crc32c} is eight lower-case hex digits over the whole file. */
  public record Shard(String file, long records, long bytes, String crc32c) {}

  /** The manifest of one split of a dataset folder; a missing one throws, saying what is there. */
  public static Manifest read(Storage storage, String folder, String split) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** Writes this manifest into the folder, whole. */
  public void write(Storage storage, String folder) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** This manifest with {@link #digest} computed over all but run time and place. */
  public Manifest withDigest() {
    throw new UnsupportedOperationException("STUB");
  }
}
