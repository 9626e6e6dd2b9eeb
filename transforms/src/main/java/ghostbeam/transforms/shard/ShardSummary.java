package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Rejection;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What became of one {@link ShardPlan}: a whole shard file with its index, and the images that did
 * not get in.
 *
 * @param shard which one, from 0
 * @param file the shard file's name
 * @param bytes of the shard file
 * @param crc32c of the shard file, eight hex digits
 * @param recordsByLabel without labels the shard has none of
 * @param rejected in the plan's order
 * @param rejectedByLabel how many of those have which label; without what could not be read so far
 *     as to know it
 * @param codec the name of the one that decoded and encoded
 * @param sourceBytes of the plan's images as they are, the rejected ones too
 * @param converted how many images of each source format are kept in another
 */
record ShardSummary(
    int shard,
    String file,
    long records,
    long bytes,
    String crc32c,
    Map<Integer, Long> recordsByLabel,
    List<Rejection> rejected,
    Map<Integer, Long> rejectedByLabel,
    String codec,
    long sourceBytes,
    Map<String, Long> converted)
    implements Serializable {

  Manifest.Shard toManifest() {
    return new Manifest.Shard(file, records, bytes, crc32c);
  }
}
