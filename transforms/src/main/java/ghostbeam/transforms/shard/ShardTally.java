package ghostbeam.transforms.shard;

import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Rejection;
import ghostbeam.transforms.ingest.LabelledImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts a shard's records, rejections and conversions. */
final class ShardTally {
  private final Map<Integer, Long> recordsByLabel = new TreeMap<>();
  private final Map<String, Long> converted = new TreeMap<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private final Map<Integer, Long> rejectedByLabel = new TreeMap<>();

  /** Counts an image that became a record. */
  void add(LabelledImage image, ImageHeader source) {
    recordsByLabel.merge(image.label(), 1L, Long::sum);
    if (!Preparation.isKeepable(source)) {
      boolean cmyk = source.format().equals("JPEG");
      converted.merge(cmyk ? source.colorspace() + " JPEG" : source.format(), 1L, Long::sum);
    }
  }

  void reject(LabelledImage image, String step, String reason) {
    rejected.add(new Rejection(image.key(), step, reason));
    if (!image.synset().isEmpty()) { // otherwise its label could not be read either
      rejectedByLabel.merge(image.label(), 1L, Long::sum);
    }
  }

  /**
   * The summary of all images counted.
   *
   * @param number index of the shard, from 0
   * @param sourceBytes of its images in the source
   */
  ShardSummary summary(int number, Manifest.Shard shard, String codec, long sourceBytes) {
    return new ShardSummary(
        number,
        shard.file(),
        shard.records(),
        shard.bytes(),
        shard.crc32c(),
        recordsByLabel,
        rejected,
        rejectedByLabel,
        codec,
        sourceBytes,
        converted);
  }
}
