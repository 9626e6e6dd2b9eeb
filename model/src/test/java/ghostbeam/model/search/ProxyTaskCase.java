package ghostbeam.model.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A dataset of numbered images, of which proxy tasks are chosen. */
abstract class ProxyTaskCase {
  static final Storage STORAGE = Storage.local();
  static final List<String> CLASSES = List.of("ant", "bee", "cat", "dog", "eel", "fox");
  static final int SHARDS = 20;
  static final int A_SHARD = 10;

  @TempDir Path root;

  @BeforeEach
  final void build() throws IOException {
    write("train", 3);
    write("val", 1);
  }

  /** Classes in turn, but that eels are few and foxes only named. */
  final void write(String split, int step) throws IOException {
    List<Manifest.Shard> shards = new ArrayList<>();
    long[] counts = new long[CLASSES.size()];
    for (int shard = 0; shard < SHARDS; shard++) {
      String file = DatasetFolder.shard(split, shard, SHARDS);
      Path path = root.resolve("data").resolve(file);
      try (ShardWriter writer = new ShardWriter(STORAGE.create(path.toString()))) {
        for (int i = 0; i < A_SHARD; i++) {
          int number = shard * A_SHARD + i;
          int label = number < 2 ? 4 : number * step % 4;
          counts[label]++;
          String name = CLASSES.get(label) + number;
          byte[] image = {(byte) number};
          writer.write(
              new Example(image, "RAW", 1, 1, 1, "RGB", label, CLASSES.get(label), name, "", ""));
        }
        Files.write(path.resolveSibling(DatasetFolder.index(file)), writer.index());
        shards.add(Manifest.Shard.of(file, writer));
      }
    }
    new Manifest(
            Manifest.FORMAT,
            split,
            SHARDS * A_SHARD,
            CLASSES,
            Arrays.stream(counts).boxed().toList(),
            Manifest.ORDINARY_LABELS,
            1,
            new Manifest.Settings("raw", 0, 95, "none"),
            new Manifest.Source("noise", SHARDS * A_SHARD, "sha256:00"),
            shards,
            0,
            "")
        .withDigest()
        .write(STORAGE, data());
  }

  final String data() {
    return root.resolve("data").toString();
  }

  final String task(int classes, int images, long seed, String name) throws IOException {
    String folder = root.resolve(name).toString();
    new ProxyTask(classes, images, seed).write(STORAGE, data(), data(), folder);
    return folder;
  }

  /** Names of a split's images by the class that they are of here, in order. */
  static Map<String, List<String>> images(String folder, String split) throws IOException {
    Map<String, List<String>> images = new TreeMap<>();
    try (Dataset data = Dataset.open(STORAGE, folder, split)) {
      Manifest manifest = data.manifest();
      assertEquals(manifest, Manifest.read(STORAGE, folder, split));
      manifest.classes().forEach(name -> images.put(name, new ArrayList<>()));
      for (long i = 0; i < manifest.records(); i++) {
        Example example = data.read(i);
        images.get(manifest.classes().get(example.label())).add(example.filename());
      }
      for (int label = 0; label < manifest.classes().size(); label++) {
        assertEquals(
            manifest.labelCounts().get(label), images.get(manifest.classes().get(label)).size());
      }
      assertThrows(IndexOutOfBoundsException.class, () -> data.read(manifest.records()));
      Map<String, Integer> shards = new TreeMap<>();
      numbers(images)
          .forEach(
              n -> shards.merge(DatasetFolder.shard(split, n / A_SHARD, SHARDS), 1, Integer::sum));
      assertEquals(
          shards,
          manifest.shards().stream()
              .collect(Collectors.toMap(Manifest.Shard::file, shard -> (int) shard.records())));
    }
    images.forEach(
        (name, all) -> {
          assertTrue(all.stream().allMatch(image -> image.startsWith(name)), all.toString());
          assertEquals(all.size(), new HashSet<>(all).size());
        });
    return images;
  }

  /** Of the records, among all that were written. */
  static IntStream numbers(Map<String, List<String>> images) {
    return images.values().stream()
        .flatMap(List::stream)
        .mapToInt(name -> Integer.parseInt(name.substring(3)));
  }
}
