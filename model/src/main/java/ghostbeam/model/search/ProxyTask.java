package ghostbeam.model.search;

import ghostbeam.model.dataset.ClassNames;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Subset;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.record.ShardReader;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The small task that stands for a large one: some classes of a dataset and some training images of
 * each, chosen by seed, and all validation images of those classes. A pure function of the data and
 * these numbers.
 *
 * @param classes of the task; those of the data where it has fewer
 * @param images to learn from, a class; all of one that has fewer
 */
public record ProxyTask(int classes, int images, long seed) {
  /** Shards that are read at the same time, until there are enough images. */
  private static final int SIDE_BY_SIDE = 16;

  /**
   * The task's number of training images, by the manifests alone.
   *
   * @param data folder with the {@code train} split
   * @param validation folder with the {@code val} split
   * @throws IOException if a split is missing or has no images of the task's classes, or the
   *     splits' classes differ
   */
  public long trainingImages(Storage storage, String data, String validation) throws IOException {
    Manifest train = manifest(storage, data, "train");
    Manifest val = manifest(storage, validation, "val");
    Optional<String> difference = ClassNames.difference(train.classes(), val.classes());
    if (difference.isPresent()) {
      throw new IOException(
          "the classes of %s (train) and %s (val) differ: %s"
              .formatted(data, validation, difference.get()));
    }
    int[] chosen = chosen(train);
    if (Arrays.stream(chosen).allMatch(label -> val.labelCounts().get(label) == 0)) {
      throw new IOException(
          "%s, split val, has no image of the %d classes chosen"
              .formatted(validation, chosen.length));
    }
    return Arrays.stream(chosen)
        .mapToLong(label -> Math.min(images, train.labelCounts().get(label)))
        .sum();
  }

  private static Manifest manifest(Storage storage, String folder, String split)
      throws IOException {
    new DatasetFolder(storage, folder, split).requireOwnRecords();
    return Manifest.read(storage, folder, split);
  }

  /**
   * Writes the task as a dataset folder of its own that names the records and holds none. Labels
   * are only in the records: all of validation's are read, and as many of training's shards as
   * needed, from one that the seed chooses.
   *
   * @param data folder with the {@code train} split
   * @param validation folder with the {@code val} split
   * @throws IOException as {@link #trainingImages}
   */
  public void write(Storage storage, String data, String validation, String folder)
      throws IOException {
    trainingImages(storage, data, validation);
    try (Dataset train = Dataset.open(storage, data, "train");
        Dataset val = Dataset.open(storage, validation, "val")) {
      int[] chosen = chosen(train.manifest());
      write(new DatasetFolder(storage, folder, "train"), data, train, chosen, images);
      write(new DatasetFolder(storage, folder, "val"), validation, val, chosen, Integer.MAX_VALUE);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Labels of the chosen classes, ascending; only classes with images. */
  private int[] chosen(Manifest train) throws IOException {
    int[] order = SampleOrder.ofEpoch(seed, 0, train.classes().size());
    int[] chosen =
        Arrays.stream(order)
            .filter(label -> train.labelCounts().get(label) > 0)
            .limit(classes)
            .sorted()
            .toArray();
    if (chosen.length < 2) {
      throw new IOException(
          "a proxy task needs two classes with images; asked for: %d, in the data: %d"
              .formatted(classes, train.labelCounts().stream().filter(count -> count > 0).count()));
    }
    return chosen;
  }

  private void write(DatasetFolder to, String from, Dataset data, int[] chosen, int most)
      throws IOException {
    List<long[]> found = records(data, chosen, most);
    Manifest whole = data.manifest();
    new Subset(
            from,
            whole.digest(),
            Arrays.stream(chosen).mapToObj(whole.classes()::get).toList(),
            found.stream().map(records -> (long) records.length).toList(),
            found.stream().flatMapToLong(Arrays::stream).sorted().toArray())
        .write(to);
  }

  /** Numbers of records of each class, at most so many. */
  private List<long[]> records(Dataset data, int[] chosen, int most) {
    int shards = data.manifest().shards().size();
    List<LongStream.Builder> found = new ArrayList<>();
    long[] missing = new long[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      found.add(LongStream.builder());
      missing[i] = Math.min(most, data.manifest().labelCounts().get(chosen[i]));
    }
    int first = SampleOrder.random(seed, 0, shards).nextInt(shards);
    for (int read = 0;
        read < shards && Arrays.stream(missing).anyMatch(count -> count > 0);
        read += SIDE_BY_SIDE) {
      List<int[]> labels =
          IntStream.range(read, Math.min(shards, read + SIDE_BY_SIDE))
              .parallel()
              .mapToObj(i -> labels(data, (first + i) % shards))
              .toList();
      for (int i = 0; i < labels.size(); i++) {
        long record = data.firstRecord((first + read + i) % shards);
        for (int label : labels.get(i)) {
          int place = Arrays.binarySearch(chosen, label);
          if (place >= 0) {
            found.get(place).add(record);
            missing[place]--;
          }
          record++;
        }
      }
    }
    return IntStream.range(0, chosen.length)
        .mapToObj(i -> some(found.get(i).build().toArray(), chosen[i], most))
        .toList();
  }

  private static int[] labels(Dataset data, int shard) {
    try (ShardReader reader = data.shard(shard)) {
      int[] labels = new int[reader.records()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = reader.read(i).label();
      }
      return labels;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long[] some(long[] records, int label, int most) {
    int[] order = SampleOrder.ofEpoch(seed, label + 1, records.length);
    return Arrays.stream(order).limit(most).mapToLong(i -> records[i]).toArray();
  }
}
