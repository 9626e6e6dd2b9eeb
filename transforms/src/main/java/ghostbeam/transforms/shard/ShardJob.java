package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.Serializable;

/**
 * The settings for writing a dataset.
 *
 * @param shards number of shards, or 0 to derive it from the number of images
 * @param seed of the images' random order
 * @param maxRejected limit for rejected images
 * @param titles human-readable class titles
 */
record ShardJob(
    ImageSource source,
    Claim claim,
    int shards,
    long seed,
    long maxRejected,
    Preparation preparation,
    ClassList titles)
    implements Serializable {

  ShardJob {
    if (shards < 0 || maxRejected < 0) {
      throw new IllegalArgumentException(shards + " shards, " + maxRejected + " rejected");
    }
  }

  /** The exception to throw if the source has fewer images than shards. */
  InvalidSourceException tooManyShards(long images) {
    return new InvalidSourceException(
        "%s has %d images, too few for %d shards".formatted(source.uri(), images, shards),
        SourceRemedy.FEWER_SHARDS.with(images));
  }

  DatasetFolder output() {
    return claim.folder();
  }
}
