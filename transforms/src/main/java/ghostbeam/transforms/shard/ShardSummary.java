package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Rejection;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A written shard and its rejected images.
 *
 * @param shard index of the shard, from 0
 * @param file name of the shard file
 * @param records in the shard file
 * @param bytes of the shard file
 * @param crc32c of the shard file, eight hex digits
 * @param recordsByLabel records per label, without labels that have none
 * @param rejected in record order
 * @param rejectedByLabel rejected images per label, without those whose label could not be read
 * @param codec name of the JPEG codec used
 * @param sourceBytes of the shard's images in the source, including rejected ones
 * @param converted number of images converted from each source format
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
