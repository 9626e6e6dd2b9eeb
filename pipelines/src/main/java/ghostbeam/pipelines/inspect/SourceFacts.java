package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.pipelines.preprocess.SourceFlags;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.stream.StreamedSource;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@code preprocess} would read from a source, found in seconds; nothing is written. */
final class SourceFacts {
  /** Records, or classes with an image each, whose keys and labels are shown. */
  private static final int SHOWN = 5;

  private SourceFacts() {}

  /**
   * Looks at the source that {@code --input} names.
   *
   * @throws IOException if it does not exist or has no readable format; the message says what was
   *     found
   */
  static ObjectNode of(Storage storage, InspectOptions options) throws IOException {
    String format = SourceFlags.format(options);
    ImageSource images = SourceFlags.source(options.getInput(), options);
    Optional<StreamedSource> stream = StreamedSource.find(storage, images, format);
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("kind", "source").put("uri", images.uri());
    if (stream.isPresent()) {
      addStream(facts, storage, stream.get());
    } else {
      addImages(facts, ImageListing.of(storage, images));
    }
    return facts;
  }

  private static void addStream(ObjectNode facts, Storage storage, StreamedSource source)
      throws IOException {
    facts.put("format", source.format()).put("split", source.images().split());
    facts.put("files", source.files()).put("bytes", source.bytes());
    facts.put("otherFiles", source.others());
    source.records(storage).ifPresent(records -> facts.put("images", records));
    if (!source.classes().isEmpty()) {
      facts.put("classes", source.classes().size());
    }
    facts.put("usualShards", source.usualShards());
    ArrayNode first = facts.putArray("first");
    Optional<InvalidSourceException> refusal = Optional.empty();
    for (StreamedSource.Sample sample : source.first(storage, SHOWN)) {
      ObjectNode row = first.addObject().put("key", sample.key());
      sample.label().ifPresent(label -> row.put("label", label).put("class", sample.name()));
      refusal = refusal.or(sample::refusal);
    }
    refusal.ifPresent(why -> facts.put("refused", Words.oneLine(why)));
  }

  private static void addImages(ObjectNode facts, ImageListing listing) {
    facts.put("format", SourceFormats.FOLDERS);
    facts.put("images", listing.images().size());
    facts.put("bytes", listing.images().stream().mapToLong(i -> i.extent().bytes()).sum());
    facts.put("otherFiles", listing.skipped());
    if (listing.skipped() > 0) {
      ArrayNode kinds = facts.putArray("leftOut");
      listing
          .skippedFiles()
          .byKind()
          .forEach((kind, files) -> kinds.addObject().put("files", files).put("kind", kind));
    }
    facts.put("classes", listing.classes().size());
    // The first images are all of one class, which would not show how classes are numbered.
    Map<Integer, ImageRef> firsts = new TreeMap<>();
    listing.images().forEach(image -> firsts.putIfAbsent(image.label(), image));
    ArrayNode first = facts.putArray("first");
    for (ImageRef image : firsts.values().stream().limit(SHOWN).toList()) {
      ObjectNode row = first.addObject();
      row.put("key", image.key()).put("label", image.label()).put("class", image.synset());
    }
  }
}
