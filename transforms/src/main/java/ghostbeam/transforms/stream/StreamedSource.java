package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.format.StreamedFormat;
import ghostbeam.transforms.format.StreamedRecord;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.source.Inputs;
import ghostbeam.transforms.source.ParallelReads;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * A split of a source whose files are read forwards, none of them read yet but the first one's
 * beginning.
 *
 * @param images where it was looked for
 * @param format its form, one of {@link SourceFormats#names}
 * @param blocks what is to be read, in byte order of their names
 * @param labels how numbers become labels
 * @param others files of the source that are not of its form
 */
public record StreamedSource(
    ImageSource images, String format, List<Block> blocks, Labels labels, long others)
    implements Serializable {
  /** Bytes of files for each shard: 1,250 of ImageNet's images. */
  private static final long BYTES_PER_SHARD = 128L << 20;

  private static final int FEWEST_SHARDS = 8;
  private static final int MOST_SHARDS = 99_999;

  /** Records of the first file whose labels are checked before anything else is read. */
  private static final int CHECKED_FIRST = 4;

  /** Copies the list. */
  public StreamedSource {
    blocks = List.copyOf(blocks);
  }

  /**
   * One of a source's first records.
   *
   * @param key what it is called
   * @param label empty where it has none, or is refused
   * @param name of its class, or empty
   * @param refusal why it cannot be labelled, if it cannot
   */
  public record Sample(
      String key, OptionalInt label, String name, Optional<UnfitSourceException> refusal) {}

  /**
   * Looks what a source is: lists it, and reads the beginnings of some of its files. Whether its
   * records can be labelled is another question, {@link #requireLabels}. Where it plainly is class
   * folders, no more is listed than shows that; whoever lists them looks for {@linkplain
   * ImageSource#refusingStreams strays}.
   *
   * @param format one of {@link SourceFormats#names}
   * @return empty where it is not streamed, such as class folders, or is not there
   * @throws UnfitSourceException where it is streamed, but cannot be read as it was asked for; the
   *     message says why and what to do
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
    FileScan seen =
        format.equals(SourceFormats.AUTO)
            ? FileScan.untilPlain(storage, inputs)
            : FileScan.all(storage, inputs);
    if (seen.arePlain()) {
      if (!SourceFormats.anyStreamed(storage, seen.files())) {
        return Optional.empty();
      }
      seen = FileScan.all(storage, inputs);
    }
    SourceFormats.Detected sorted = SourceFormats.detect(storage, images.uri(), seen.files(), format);
    if (sorted.form().isEmpty()) {
      return Optional.empty();
    }
    refuseLabelsFile(images, sorted.form().get());
    checkDigest(storage, images, sorted.files());
    StreamedFormat form = sorted.form().get();
    List<Storage.Entry> files =
        SplitFiles.of(images.split(), SourceFormats.commonFolder(sorted.files()), sorted.files());
    List<Block> blocks = blocks(storage, images.uri(), form, files);
    String beside = form.classesBeside(storage, blocks.get(0), images.split());
    String list = images.classes().isEmpty() ? beside : images.classes();
    Labels labels = Labels.read(storage, list, images.labelOffset());
    return Optional.of(new StreamedSource(images, form.name(), blocks, labels, sorted.others()));
  }

  private static List<Block> blocks(
      Storage storage, String source, StreamedFormat form, List<Storage.Entry> files)
      throws IOException {
    String folder = SourceFormats.commonFolder(files);
    List<Callable<List<Block>>> reads = new ArrayList<>();
    for (Storage.Entry file : files) {
      Block whole = Block.of(file, file.path().substring(folder.length()));
      reads.add(() -> form.blocks(storage, whole));
    }
    return ParallelReads.read(source, reads).stream().flatMap(List::stream).toList();
  }

  /** A part of an archive is read as class folders, whatever else it was asked to be. */
  private static void refuseInside(String input, String format) throws UnfitSourceException {
    if (!format.equals(SourceFormats.AUTO)) {
      throw new UnfitSourceException(
          "%s is a part of an archive and read as class folders".formatted(input),
          SourceRemedy.NO_FORMAT.with(format, input.substring(0, input.indexOf("!/"))));
    }
  }

  private static void refuseLabelsFile(ImageSource images, StreamedFormat form)
      throws UnfitSourceException {
    if (!images.labels().isEmpty()) {
      throw new UnfitSourceException(
          "%s is of %s, whose records say their classes".formatted(images.uri(), form.title()),
          SourceRemedy.NO_LABELS_FILE.with());
    }
  }

  private static void checkDigest(Storage storage, ImageSource images, List<Storage.Entry> files)
      throws IOException {
    if (images.expectedDigest().isEmpty()) {
      return;
    }
    if (files.size() != 1) {
      throw new UnfitSourceException(
          images.uri() + " has " + files.size() + " files; the expected digest is of one");
    }
    ExpectedDigest.parse(images.expectedDigest()).check(storage, files.get(0).path());
  }

  StreamedFormat form() {
    return SourceFormats.of(format);
  }

  /** What to call its files, such as {@code TFRecord files}. */
  public String title() {
    return form().title();
  }

  /** Of its files, in bytes. */
  public long bytes() {
    return blocks.stream().filter(block -> block.part() == 0).mapToLong(Block::bytes).sum();
  }

  /** How many files it has. */
  public long files() {
    return blocks.stream().filter(block -> block.part() == 0).count();
  }

  /** The names of all classes, as far as they are known before its records are read. */
  public List<String> classes() {
    return labels.names();
  }

  /** One shard for every 128 MiB of files, at least 8. */
  public int usualShards() {
    long wanted = (bytes() - 1) / BYTES_PER_SHARD + 1;
    return (int) Math.max(FEWEST_SHARDS, Math.min(MOST_SHARDS, wanted));
  }

  /**
   * How many records it has, where something beside its files or their footers tell; empty where
   * only reading them would.
   */
  public OptionalLong records(Storage storage) throws IOException {
    return form().count(storage, blocks, images.split());
  }

  /**
   * Refuses a source of whose first records one cannot be labelled, before anything else is read.
   *
   * @throws UnfitSourceException naming it
   */
  public void requireLabels(Storage storage) throws IOException {
    for (Sample sample : first(storage, CHECKED_FIRST)) {
      if (sample.refusal().isPresent()) {
        throw sample.refusal().get();
      }
    }
  }

  /** The first records of the first file, and which labels they get; those at fault left out. */
  public List<Sample> first(Storage storage, int records) throws IOException {
    List<Sample> first = new ArrayList<>();
    Block begin =
        blocks.stream().filter(block -> block.records() != 0).findFirst().orElse(blocks.get(0));
    form()
        .peek(
            storage,
            begin,
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
    } catch (UnfitSourceException e) {
      return new Sample(row.key(), OptionalInt.empty(), "", Optional.of(e));
    }
  }
}
