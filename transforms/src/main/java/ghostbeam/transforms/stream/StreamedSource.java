package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.format.StreamedFormat;
import ghostbeam.transforms.format.StreamedRecord;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.source.Inputs;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.ParallelReads;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * A split of a source in a streamed format, listed but not read.
 *
 * @param images the source as it was requested
 * @param format name of the format, one of {@link SourceFormats#names}
 * @param blocks to read, in byte order of their names
 * @param labels maps class numbers to labels
 * @param others number of files in the source without this format
 */
public record StreamedSource(
    ImageSource images, String format, List<Block> blocks, Labels labels, long others)
    implements Serializable {
  /** Source bytes per shard: about 1,250 ImageNet images. */
  private static final long BYTES_PER_SHARD = 128L << 20;

  private static final int FEWEST_SHARDS = 8;
  private static final int MOST_SHARDS = 99_999;

  /** Records of the first file whose labels are checked before anything is written. */
  private static final int CHECKED_FIRST = 4;

  /** Copies the list. */
  public StreamedSource {
    blocks = List.copyOf(blocks);
  }

  /**
   * One of a source's first records.
   *
   * @param key its name in messages
   * @param label from 0; empty if it has none or is refused
   * @param name of its class, or empty
   * @param refusal why it cannot be labelled; empty if it can
   */
  public record Sample(
      String key, OptionalInt label, String name, Optional<InvalidSourceException> refusal) {}

  /**
   * Detects a source's format: lists its files and probes the beginnings of some. Does not check
   * whether records can be labelled; see {@link #requireLabels}. Listing stops early if the source
   * is clearly class folders; {@link ImageListing} then looks for {@linkplain
   * ImageSource#refusingStreams stray files of streamed formats}.
   *
   * @param format the requested one of {@link SourceFormats#names}
   * @return empty if the source is not streamed, such as class folders, or does not exist
   * @throws InvalidSourceException if it is streamed but cannot be read as requested; the message
   *     says why and what to do
   */
  public static Optional<StreamedSource> find(Storage storage, ImageSource images, String format)
      throws IOException {
    if (format.equals(SourceFormats.FOLDERS)) {
      return Optional.empty();
    }
    Optional<String> inside =
        images.inputs().stream().filter(input -> input.contains("!/")).findFirst();
    if (inside.isPresent()) {
      refuseInside(inside.get(), format);
      return Optional.empty();
    }
    List<String> inputs = Inputs.expand(storage, images.inputs());
    FileScan scan =
        format.equals(SourceFormats.AUTO)
            ? FileScan.untilClassFolders(storage, inputs)
            : FileScan.all(storage, inputs);
    if (scan.stoppedEarly()) {
      if (!SourceFormats.anyStreamed(storage, scan.files())) {
        return Optional.empty();
      }
      scan = FileScan.all(storage, inputs);
    }
    SourceFormats.Detected found =
        SourceFormats.detect(storage, images.uri(), scan.files(), format);
    if (found.format().isEmpty()) {
      return Optional.empty();
    }
    StreamedFormat streamed = found.format().get();
    refuseLabelsFile(images, streamed);
    checkDigest(storage, images, found.files());
    List<Storage.Entry> files =
        SplitFiles.of(images.split(), SourceFormats.commonFolder(found.files()), found.files());
    List<Block> blocks = blocks(storage, images.uri(), streamed, files);
    String beside = streamed.classesBeside(storage, blocks.get(0), images.split());
    String list = images.classes().isEmpty() ? beside : images.classes();
    Labels labels = Labels.read(storage, list, images.labelOffset());
    return Optional.of(new StreamedSource(images, streamed.name(), blocks, labels, found.others()));
  }

  private static List<Block> blocks(
      Storage storage, String source, StreamedFormat format, List<Storage.Entry> files)
      throws IOException {
    String folder = SourceFormats.commonFolder(files);
    List<Callable<List<Block>>> reads = new ArrayList<>();
    for (Storage.Entry file : files) {
      Block whole = Block.of(file, file.path().substring(folder.length()));
      reads.add(() -> format.blocks(storage, whole));
    }
    return ParallelReads.read(source, reads).stream().flatMap(List::stream).toList();
  }

  /** Part of an archive can be read only as class folders. */
  private static void refuseInside(String input, String format) throws InvalidSourceException {
    if (!format.equals(SourceFormats.AUTO)) {
      throw new InvalidSourceException(
          "%s is part of an archive, which is read as class folders".formatted(input),
          SourceRemedy.NO_FORMAT.with(format, input.substring(0, input.indexOf("!/"))));
    }
  }

  private static void refuseLabelsFile(ImageSource images, StreamedFormat format)
      throws InvalidSourceException {
    if (!images.labels().isEmpty()) {
      throw new InvalidSourceException(
          "%s has %s, whose records have labels".formatted(images.uri(), format.title()),
          SourceRemedy.NO_LABELS_FILE.with());
    }
  }

  private static void checkDigest(Storage storage, ImageSource images, List<Storage.Entry> files)
      throws IOException {
    if (images.expectedDigest().isEmpty()) {
      return;
    }
    if (files.size() != 1) {
      throw new InvalidSourceException(
          images.uri() + " has " + files.size() + " files; a digest can be expected of one file",
          SourceRemedy.NO_DIGEST.with());
    }
    ExpectedDigest.parse(images.expectedDigest()).check(storage, files.get(0).path());
  }

  StreamedFormat streamedFormat() {
    return SourceFormats.of(format);
  }

  /** The name of its files in messages, such as {@code TFRecord files}. */
  public String title() {
    return streamedFormat().title();
  }

  /** Total size of its files in bytes. */
  public long bytes() {
    return blocks.stream().filter(block -> block.part() == 0).mapToLong(Block::bytes).sum();
  }

  /** The number of files. */
  public long files() {
    return blocks.stream().filter(block -> block.part() == 0).count();
  }

  /** The names of all classes; empty if only the records name them. */
  public List<String> classes() {
    return labels.names();
  }

  /** The default number of shards: one per 128 MiB of files, at least 8. */
  public int usualShards() {
    long wanted = (bytes() - 1) / BYTES_PER_SHARD + 1;
    return (int) Math.max(FEWEST_SHARDS, Math.min(MOST_SHARDS, wanted));
  }

  /** The number of records, if it is known without reading them, from a footer or a manifest. */
  public OptionalLong records(Storage storage) throws IOException {
    return streamedFormat().count(storage, blocks, images.split());
  }

  /**
   * Checks that the first records can be labelled, before anything else is read.
   *
   * @throws InvalidSourceException naming the record that cannot
   */
  public void requireLabels(Storage storage) throws IOException {
    for (Sample sample : first(storage, CHECKED_FIRST)) {
      if (sample.refusal().isPresent()) {
        throw sample.refusal().get();
      }
    }
  }

  /** The first records of the first file with their labels; faulty records are skipped. */
  public List<Sample> first(Storage storage, int records) throws IOException {
    List<Sample> first = new ArrayList<>();
    Block start =
        blocks.stream().filter(block -> block.records() != 0).findFirst().orElse(blocks.get(0));
    streamedFormat()
        .peek(
            storage,
            start,
            row -> {
              if (row.fault().isEmpty()) {
                first.add(sample(row));
              }
              return first.size() < records;
            });
    return first;
  }

  private Sample sample(StreamedRecord row) {
    try {
      OptionalInt label = labels.label(row);
      String name = label.isPresent() ? labels.name(row, label.getAsInt()) : "";
      return new Sample(row.key(), label, name, Optional.empty());
    } catch (InvalidSourceException e) {
      return new Sample(row.key(), OptionalInt.empty(), "", Optional.of(e));
    }
  }
}
