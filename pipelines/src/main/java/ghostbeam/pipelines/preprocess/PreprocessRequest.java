package ghostbeam.pipelines.preprocess;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.form.Forms;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.Preparation;
import ghostbeam.transforms.shard.WriteShards;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.stream.StreamedSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@link PreprocessOptions} ask for, checked.
 *
 * @param images where they are
 * @param format what is said of them
 * @param shards to be written, places absolute
 * @param output where to
 */
record PreprocessRequest(
    ImageSource images, String format, WriteShards shards, DatasetFolder output) {
  private static final List<String> SPLITS = List.of("train", "val", "validation", "valid", "test");
  private static final int MOST_SHARDS = 99_999;

  /** Throws {@link UsageException} for a flag that is missing or cannot be. */
  static PreprocessRequest of(PreprocessOptions options) {
    require(
        SPLITS.contains(options.getSplit()),
        "split",
        options.getSplit(),
        "one of " + String.join(", ", SPLITS));
    Integer shards = options.getShards();
    require(
        shards == null || (shards >= 1 && shards <= MOST_SHARDS),
        "shards",
        shards,
        "1 to " + MOST_SHARDS + ", or leave it out");
    require(options.getMaxRejected() >= 0, "maxRejected", options.getMaxRejected(), "0 or more");
    String output = place("output", options.getOutput());
    ImageSource source = source(options);
    for (String input : source.inputs()) {
      if (Storage.resolve(output, "").startsWith(Storage.resolve(input.replace("!/", "/"), ""))) {
        throw new UsageException(
            "--output lies inside --input, where the next run would take it for images; give"
                + " another");
      }
    }
    DatasetFolder folder = new DatasetFolder(BeamStorage.INSTANCE, output, options.getSplit());
    WriteShards writing =
        WriteShards.of(source, folder)
            .withShards(shards == null ? 0 : shards)
            .withSeed(options.getSeed())
            .withMaxRejected(options.getMaxRejected());
    return new PreprocessRequest(source, format(options), prepared(writing, options), folder);
  }

  private static String format(PreprocessOptions options) {
    require(
        Forms.flags().contains(options.getFormat()),
        "format",
        options.getFormat(),
        String.join(", ", Forms.flags()));
    return options.getFormat();
  }

  /** The work by the way in which the source is read, for which it is looked into. */
  WriteShards writing() throws IOException {
    Optional<StreamedSource> stream = StreamedSource.find(output.storage(), images, format);
    if (stream.isPresent()) {
      stream.get().requireLabels(output.storage());
    }
    return stream.map(shards::withStream).orElse(shards);
  }

  private static ImageSource source(PreprocessOptions options) {
    String given = options.getInput() == null ? "" : options.getInput();
    List<String> inputs =
        (Launch.isOnePath(given) ? Stream.of(given) : Arrays.stream(given.split(",", -1)))
            .map(input -> place("input", input.strip()))
            .toList();
    return ImageSource.of(inputs, options.getSplit())
        .withLabels(file(options.getLabels()))
        .withClasses(classes(options.getClasses()))
        .withLabelOffset(options.getLabelOffset())
        .withExpectedDigest(digest(options.getExpectDigest()));
  }

  private static String file(String path) {
    return path == null ? "" : Launch.absolute(path);
  }

  /** A number says how many classes there are. */
  private static String classes(String given) {
    return given != null && given.matches("[0-9]+") ? given : file(given);
  }

  private static String digest(String text) {
    if (text == null) {
      return "";
    }
    try {
      ExpectedDigest.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--expectDigest=" + text + " cannot be; " + e.getMessage());
    }
  }

  private static WriteShards prepared(WriteShards writing, PreprocessOptions options) {
    int side = options.getShorterSide();
    require(side >= 1, "shorterSide", side, "1 or more pixels");
    int quality = options.getQuality();
    require(quality >= 1 && quality <= 100, "quality", quality, "1 to 100");
    Preparation.Encoding encoding =
        Arrays.stream(Preparation.Encoding.values())
            .filter(value -> value.flag().equals(options.getEncoding()))
            .findFirst()
            .orElseThrow(() -> wrong("encoding", options.getEncoding(), encodings()));
    return writing.withEncoding(encoding).withShorterSide(side).withQuality(quality);
  }

  private static String encodings() {
    return Arrays.stream(Preparation.Encoding.values())
        .map(Preparation.Encoding::flag)
        .collect(Collectors.joining(", "));
  }

  private static String place(String flag, String path) {
    if (path == null || path.isBlank()) {
      throw new UsageException("--" + flag + " is missing; it takes a path or a gs://, s3:// URI");
    }
    return Launch.absolute(path);
  }

  private static void require(boolean condition, String flag, Object value, String expected) {
    if (!condition) {
      throw wrong(flag, value, expected);
    }
  }

  private static UsageException wrong(String flag, Object value, String expected) {
    return new UsageException("--" + flag + "=" + value + " cannot be; expected " + expected);
  }
}
