package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.stream.BlockSummary;
import ghostbeam.transforms.stream.StreamedSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * A dataset's source as described in its manifest.
 *
 * @param uri the inputs, comma-separated
 * @param images number of images, including rejected ones
 * @param digest SHA-256 of keys and lengths in key order, independent of location and packing
 * @param classes names in label order
 * @param labels where labels come from
 */
@DefaultCoder(SerializableCoder.class)
public record SourceSummary(
    String uri, long images, String digest, List<String> classes, String labels)
    implements WriteOutput, RangedShards.PlanOutput {

  static SourceSummary of(String uri, ImageListing listing) {
    MessageDigest sha256 = Sha256.begin();
    for (ImageRef image : listing.images()) {
      String line = image.key() + '\0' + image.extent().bytes() + '\n';
      sha256.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return new SourceSummary(
        uri, listing.images().size(), Sha256.end(sha256), listing.classes(), listing.labels());
  }

  /**
   * The summary of a streamed source. If records name their classes, each label up to the largest
   * must have a name.
   */
  static SourceSummary of(StreamedSource source, List<BlockSummary> summaries) throws IOException {
    List<BlockSummary> blocks = sorted(summaries);
    SortedMap<Integer, String> named = new TreeMap<>();
    long images = 0;
    for (BlockSummary block : blocks) {
      images += block.records();
      for (Map.Entry<Integer, String> found : block.classes().entrySet()) {
        String before = named.putIfAbsent(found.getKey(), found.getValue());
        if (before != null && !before.equals(found.getValue())) {
          throw new InvalidSourceException(
              "%s names the class of label %d %s, other files %s; they are not of the same dataset"
                  .formatted(block.block().path(), found.getKey(), found.getValue(), before));
        }
      }
    }
    List<String> classes = source.classes().isEmpty() ? classes(source, named) : source.classes();
    return new SourceSummary(
        source.images().uri(), images, digest(blocks), classes, "numbers in " + source.title());
  }

  /** Of the files' names and digests, independent of their division into blocks. */
  private static String digest(List<BlockSummary> sorted) throws IOException {
    Map<String, MessageDigest> files = new LinkedHashMap<>();
    for (BlockSummary block : sorted) {
      block.lines().addTo(files.computeIfAbsent(block.block().name(), name -> Sha256.begin()));
    }
    MessageDigest sha256 = Sha256.begin();
    files.forEach(
        (name, lines) -> {
          String line = name + "\0" + "0\0" + Sha256.end(lines) + "\n";
          sha256.update(line.getBytes(StandardCharsets.UTF_8));
        });
    return Sha256.end(sha256);
  }

  private static List<BlockSummary> sorted(List<BlockSummary> blocks) {
    return blocks.stream()
        .sorted(
            Comparator.<BlockSummary, String>comparing(
                    summary -> summary.block().name(), Storage.BYTE_ORDER)
                .thenComparing(summary -> summary.block().part()))
        .toList();
  }

  private static List<String> classes(StreamedSource source, SortedMap<Integer, String> named)
      throws InvalidSourceException {
    List<String> classes = List.copyOf(named.values());
    for (int label = 0; label < classes.size(); label++) {
      if (!named.containsKey(label)) {
        throw new InvalidSourceException(
            "%s has no record with label %d, so the class has no name"
                .formatted(source.images().uri(), label),
            SourceRemedy.LIST_CLASSES.with());
      }
    }
    if (new HashSet<>(classes).size() < classes.size() || classes.size() < 2) {
      throw new InvalidSourceException(
          "%s names %d classes for %d labels; a dataset has at least two classes, each with one label"
              .formatted(source.images().uri(), new HashSet<>(classes).size(), classes.size()));
    }
    return classes;
  }

  Manifest.Source toManifest() {
    return new Manifest.Source(uri, images, digest);
  }
}
