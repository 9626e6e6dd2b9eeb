package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.Serializable;

/**
 * A dataset to be made.
 *
 * @param shards how many, or 0 for a number that suits the number of images
 * @param seed of the images' random order
 * @param maxRejected most images that may be rejected
 * @param titles what people call classes
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

  /** What to throw where the source has fewer images than there would be shards. */
  UnfitSourceException tooManyShards(long images) {
    return new UnfitSourceException(
        "%s has %d images, too few for %d shards".formatted(source.uri(), images, shards),
        SourceRemedy.FEWER_SHARDS.with(images));
  }

  DatasetFolder output() {
    return claim.folder();
  }
}
