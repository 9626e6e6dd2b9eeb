package ghostbeam.pipelines.preprocess;

import static ghostbeam.pipelines.cli.UsageException.require;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.WriteShards;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.stream.StreamedSource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The validated {@link PreprocessOptions}.
 *
 * @param images the source
 * @param format as given by {@code --format}
 * @param shards the transform that writes the shards, with absolute paths
 * @param output the dataset to write
 */
record PreprocessRequest(
    ImageSource images, String format, WriteShards shards, DatasetFolder output) {
  private static final List<String> SPLITS = List.of("train", "val", "validation", "valid", "test");
  private static final int MOST_SHARDS = 99_999;

  /** Throws {@link UsageException} for a missing or invalid flag. */
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
    int side = options.getShorterSide();
    require(side >= 1, "shorterSide", side, "1 or more pixels");
    int quality = options.getQuality();
    require(quality >= 1 && quality <= 100, "quality", quality, "1 to 100");
    String output = Launch.place("output", options.getOutput());
    ImageSource source = source(options);
    for (String input : source.inputs()) {
      if (Storage.resolve(output, "").startsWith(Storage.resolve(input.replace("!/", "/"), ""))) {
        throw new UsageException(
            "--output lies inside --input, where the next run would take its files for images; give another");
      }
    }
    DatasetFolder folder = new DatasetFolder(BeamStorage.INSTANCE, output, options.getSplit());
    WriteShards writing =
        WriteShards.of(source, folder)
            .withShards(shards == null ? 0 : shards)
            .withSeed(options.getSeed())
            .withMaxRejected(options.getMaxRejected())
            .withEncoding(options.getEncoding())
            .withShorterSide(side)
            .withQuality(quality);
    return new PreprocessRequest(source, SourceFlags.format(options), writing, folder);
  }

  /** The transform for this kind of source, ranged or streamed, found by looking into it. */
  WriteShards writing() throws IOException {
    Optional<StreamedSource> stream = StreamedSource.find(output.storage(), images, format);
    if (stream.isPresent()) {
      stream.get().requireLabels(output.storage());
    }
    return stream.map(shards::withStream).orElse(shards);
  }

  private static ImageSource source(PreprocessOptions options) {
    String input = options.getInput() == null ? "" : options.getInput();
    return SourceFlags.source(input, options).withExpectedDigest(digest(options.getExpectDigest()));
  }

  private static String digest(String text) {
    if (text == null) {
      return "";
    }
    try {
      ExpectedDigest.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--expectDigest=" + text + " is invalid; " + e.getMessage());
    }
  }
}
