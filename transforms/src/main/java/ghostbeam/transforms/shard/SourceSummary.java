package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Sha256;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What a dataset's manifest says of its source.
 *
 * @param images all of them, the later rejected ones too
 * @param digest of keys and lengths in key order, wherever and however packed the images lie
 * @param classes in label order
 * @param labels how they were got
 */
@DefaultCoder(SerializableCoder.class)
public record SourceSummary(
    String uri, long images, String digest, List<String> classes, String labels)
    implements Serializable {

  static SourceSummary of(String uri, ImageListing listing) {
    MessageDigest sha256 = Sha256.begin();
    for (ImageRef image : listing.images()) {
      String line = image.key() + '\0' + image.extent().bytes() + '\n';
      sha256.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return new SourceSummary(
        uri, listing.images().size(), Sha256.end(sha256), listing.classes(), listing.labels());
  }

  Manifest.Source toManifest() {
    return new Manifest.Source(uri, images, digest);
  }
}
