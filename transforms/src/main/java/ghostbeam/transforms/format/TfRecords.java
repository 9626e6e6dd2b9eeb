package ghostbeam.transforms.format;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.ForeignExample;
import ghostbeam.model.record.RecordStream;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.ForwardChannel;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * TFRecord files of tf.train.Example with the keys in {@link ForeignExample.Keys}. A record with
 * damaged bytes, or without image or label, is faulty; a damaged length fails.
 */
final class TfRecords implements StreamedFormat {
  private static final int HEAD = 12;

  @Override
  public String name() {
    return "tfrecord";
  }

  @Override
  public String title() {
    return "TFRecord files";
  }

  @Override
  public boolean fits(Storage storage, Storage.Entry file) throws IOException {
    if (DatasetFolder.isLeftover(FileNames.last(file.path()))
        || !RecordStream.begins(Magic.first(storage, file, HEAD))) {
      return false;
    }
    try (RecordStream records = open(storage, file)) {
      Optional<RecordStream.Found> first = records.next();
      // A damaged first record does not show what the file holds; reading it will reject it.
      return first.isPresent()
          && (first.get().fault().isPresent() || isExample(first.get().bytes()));
    } catch (IOException e) {
      return true; // truncated or too long, but TFRecord; reading it reports the problem
    }
  }

  private static boolean isExample(byte[] record) {
    try {
      ForeignExample.parse(record);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static RecordStream open(Storage storage, Storage.Entry file) throws IOException {
    return new RecordStream(file.path(), new ForwardChannel(storage.open(file)), LONGEST_RECORD);
  }

  @Override
  public void read(Storage storage, Block block, Sink sink) throws IOException {
    try (RecordStream records = open(storage, block.file())) {
      for (Optional<RecordStream.Found> found = records.next();
          found.isPresent() && sink.take(row(block, records.position(), found.get()));
          found = records.next()) {}
    }
  }

  /** The manifest, if the files are shards of one of our datasets, which must be finished. */
  @Override
  public String classesBeside(Storage storage, Block file, String split) throws IOException {
    DatasetFolder dataset = dataset(storage, file, split);
    if (dataset.isUnfinished()) {
      throw new InvalidSourceException(
          "%s is a dataset whose split %s is unfinished; run its preprocess again, or give its source"
              .formatted(dataset.folder(), split));
    }
    return dataset.isFinished() ? dataset.manifestPath() : "";
  }

  /** The manifest's counts, if it lists every file. */
  @Override
  public OptionalLong count(Storage storage, List<Block> files, String split) throws IOException {
    DatasetFolder dataset = dataset(storage, files.get(0), split);
    if (!dataset.isFinished()) {
      return OptionalLong.empty();
    }
    Map<String, Long> records = new HashMap<>();
    for (Manifest.Shard shard : dataset.manifest().shards()) {
      records.put(dataset.path(shard.file()), shard.records());
    }
    return files.stream().allMatch(file -> records.containsKey(file.path()))
        ? OptionalLong.of(files.stream().mapToLong(file -> records.get(file.path())).sum())
        : OptionalLong.empty();
  }

  private static DatasetFolder dataset(Storage storage, Block file, String split) {
    String folder = file.path().substring(0, file.path().lastIndexOf('/') + 1);
    return new DatasetFolder(storage, folder, split);
  }

  private static StreamedRecord row(Block block, long position, RecordStream.Found found)
      throws InvalidSourceException {
    String key = block.name() + "#" + position;
    if (found.fault().isPresent()) {
      return StreamedRecord.faulty(position, key, found.fault().get());
    }
    ForeignExample example;
    try {
      example = ForeignExample.parse(found.bytes());
    } catch (IOException e) {
      return StreamedRecord.faulty(position, key, String.valueOf(e.getMessage()));
    }
    if (example.raw()) {
      throw new InvalidSourceException(
          block.path() + " holds raw pixels, not image files that could be encoded again",
          SourceRemedy.ENCODED_IMAGES.with());
    }
    String filename = FileNames.last(example.filename());
    return new StreamedRecord(
        position,
        key,
        filename.isEmpty() ? FileNames.last(block.name()) + "-" + position : filename,
        example.encoded(),
        new RawLabel(example.label(), example.keys().firstLabel(), example.synset()),
        "");
  }
}
