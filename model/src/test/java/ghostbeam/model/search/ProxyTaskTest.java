package ghostbeam.model.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProxyTaskTest {
  private static final Storage STORAGE = Storage.local();
  private static final List<String> CLASSES = List.of("ant", "bee", "cat", "dog", "eel", "fox");
  private static final int SHARDS = 20;
  private static final int A_SHARD = 10;

  @TempDir Path root;

  @BeforeEach
  void build() throws IOException {
    write("train", 3);
    write("val", 1);
  }

  /** Classes in turn, but that eels are few and foxes only named. */
  private void write(String split, int step) throws IOException {
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

  private String data() {
    return root.resolve("data").toString();
  }

  private String task(int classes, int images, long seed, String name) throws IOException {
    String folder = root.resolve(name).toString();
    new ProxyTask(classes, images, seed).write(STORAGE, data(), data(), folder);
    return folder;
  }

  /** Names of a split's images by the class that they are of here, in order. */
  private static Map<String, List<String>> images(String folder, String split) throws IOException {
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
  private static IntStream numbers(Map<String, List<String>> images) {
    return images.values().stream()
        .flatMap(List::stream)
        .mapToInt(name -> Integer.parseInt(name.substring(3)));
  }

  @Test
  void holdsSomeClassesSomeImagesOfEachAndAllToValidateOn() throws IOException {
    String folder = task(3, 7, 1, "proxy");
    Map<String, List<String>> train = images(folder, "train");
    assertEquals(3, train.size());
    train.forEach(
        (name, all) -> assertEquals(name.equals("eel") ? 2 : 7, all.size(), train.toString()));
    Map<String, List<String>> whole = images(data(), "val");
    images(folder, "val").forEach((name, all) -> assertEquals(whole.get(name), all));
    assertEquals(List.of("train", "val"), DatasetFolder.splits(STORAGE, folder));
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      assertArrayEquals(
          new String[] {"train-subset.json", "val-subset.json"},
          files.map(file -> file.getFileName().toString()).sorted().toArray());
    }
  }

  @Test
  void theSeedAloneChooses() throws IOException {
    Set<List<String>> classes = new HashSet<>();
    Set<List<String>> ants = new HashSet<>();
    for (int seed = 1; seed <= 6; seed++) {
      Map<String, List<String>> chosen = images(task(2, 5, seed, "a" + seed), "train");
      assertEquals(chosen, images(task(2, 5, seed, "b" + seed), "train"));
      classes.add(List.copyOf(chosen.keySet()));
      ants.add(images(task(9, 5, seed, "c" + seed), "train").get("ant"));
    }
    assertTrue(classes.size() > 1, classes.toString());
    assertTrue(ants.size() > 1, ants.toString());
    assertNotEquals(
        Manifest.read(STORAGE, root.resolve("c1").toString(), "train").digest(),
        Manifest.read(STORAGE, root.resolve("c2").toString(), "train").digest());
  }

  @Test
  void ofMoreThanThereIsItHasAll() throws IOException {
    Map<String, List<String>> all = images(data(), "train");
    assertEquals(List.of(), all.remove("fox"));
    assertEquals(all, images(task(99, 999, 1, "all"), "train"));
  }

  /** Sixteen shards have enough of all but eels; which of their images, only chance says. */
  @Test
  void readsNoMoreShardsThanItTakesFromOneThatTheSeedNames() throws IOException {
    Set<Integer> everywhere = new HashSet<>();
    int withoutEels = 0;
    for (int seed = 1; seed <= 12; seed++) {
      Map<String, List<String>> train = images(task(2, 20, seed, "t" + seed), "train");
      if (train.containsKey("eel")) {
        continue;
      }
      withoutEels++;
      Set<Integer> shards =
          numbers(train).map(number -> number / A_SHARD).boxed().collect(Collectors.toSet());
      assertTrue(shards.size() > 11, "the first that come: " + shards);
      assertTrue(
          IntStream.range(0, SHARDS)
              .anyMatch(first -> shards.stream().allMatch(i -> (i - first + SHARDS) % SHARDS < 16)),
          shards.toString());
      everywhere.addAll(shards);
      Set<Set<Integer>> turns = new HashSet<>();
      for (List<String> names : train.values()) {
        turns.add(
            numbers(Map.of("", names))
                .map(number -> number / 4)
                .boxed()
                .collect(Collectors.toSet()));
      }
      assertEquals(2, turns.size(), "both classes have the same places");
    }
    assertTrue(withoutEels > 3);
    assertEquals(SHARDS, everywhere.size(), everywhere.toString());
  }

  @Test
  void refusesValidationOfOtherClasses() throws IOException {
    String other = root.resolve("other").toString();
    Manifest val = Manifest.read(STORAGE, data(), "val");
    List<String> names = List.of("ant", "bee", "cat", "dog", "eel", "gnu");
    new Manifest(
            val.format(),
            val.split(),
            val.records(),
            names,
            val.labelCounts(),
            val.labels(),
            val.seed(),
            val.settings(),
            val.source(),
            val.shards(),
            val.rejected(),
            "")
        .withDigest()
        .write(STORAGE, other);
    String told =
        assertThrows(
                IOException.class,
                () ->
                    new ProxyTask(2, 2, 1)
                        .write(STORAGE, data(), other, root.resolve("x").toString()))
            .getMessage();
    assertTrue(told.contains("differ") && told.contains("gnu"), told);
  }

  @Test
  void isOfTheDataThatItWasChosenFromAlone() throws IOException {
    String folder = task(3, 7, 1, "proxy");
    String nested =
        assertThrows(
                IOException.class,
                () -> new ProxyTask(2, 2, 1).write(STORAGE, folder, folder, folder))
            .getMessage();
    assertTrue(nested.contains("holds no records of its own"), nested);
    STORAGE.delete(data() + "/train-manifest.json");
    write("train", 5);
    String told =
        assertThrows(IOException.class, () -> Dataset.open(STORAGE, folder, "train")).getMessage();
    assertTrue(told.contains("was chosen from a dataset other than the one that " + data()), told);
  }

  @Test
  void refusesWhatContradictsItselfOrItsData() throws IOException {
    String folder = task(2, 3, 1, "proxy");
    Path file = Path.of(folder, "train-subset.json");
    String sound = Files.readString(file);
    String records = sound.replaceFirst(".*\"records\":\\[([\\d,]+)].*", "$1");
    String first = records.substring(0, records.indexOf(','));
    List<String> hostile =
        List.of(
            sound.replace(records, records.replaceFirst("^\\d+", "-1")),
            sound.replace(records, records.replaceFirst("\\d+$", "200")),
            sound.replace(records, records.replaceFirst(",\\d+", "," + first)),
            sound.replaceFirst("(\"labelCounts\":\\[\\d+),\\d+]", "$1,9]"),
            sound.replaceFirst("(\"labelCounts\":\\[\\d+),\\d+]", "$1]"),
            sound.replaceFirst("\"(\\w+)\",\"\\w+\"](?=,\"labelCounts)", "\"$1\",\"$1\"]"),
            sound.replace("\"" + data() + "\"", "\"" + folder + "\""),
            sound.replaceFirst("(\"classes\":\\[\")\\w+", "$1gnu"),
            sound + "{}",
            "null");
    for (String text : hostile) {
      assertNotEquals(sound, text);
      Files.writeString(file, text);
      assertThrows(IOException.class, () -> Manifest.read(STORAGE, folder, "train"), text);
    }
  }

  /** The same counts of the same shards; only reading tells that one is of no class here. */
  @Test
  void anotherRecordIsAnotherTaskAndOneOfAnotherClassIsRefused() throws IOException {
    String folder = task(2, 3, 1, "proxy");
    Path file = Path.of(folder, "train-subset.json");
    String sound = Files.readString(file);
    Manifest before = Manifest.read(STORAGE, folder, "train");
    List<Integer> chosen = numbers(images(folder, "train")).boxed().toList();
    int record =
        chosen.stream().filter(n -> n > 1 && n % A_SHARD < A_SHARD / 2).findFirst().orElseThrow();
    int twin = record + 4;
    int stranger =
        IntStream.range(2, 2 + 4)
            .filter(n -> chosen.stream().noneMatch(known -> known > 1 && known % 4 == n % 4))
            .findFirst()
            .orElseThrow();
    String number = "(?<=[\\[,])" + record + "(?=[,\\]])";
    Files.writeString(file, sound.replaceFirst(number + "(?!.*labelCounts)", "" + twin));
    assertNotEquals(before.digest(), Manifest.read(STORAGE, folder, "train").digest());
    Files.writeString(file, sound.replaceFirst(number + "(?!.*labelCounts)", "" + stranger));
    String told = assertThrows(IOException.class, () -> images(folder, "train")).getMessage();
    assertTrue(told.contains("but its class was not"), told);
  }

  @Test
  void refusesATaskOfOneClass() {
    String told = assertThrows(IOException.class, () -> task(1, 5, 1, "one")).getMessage();
    assertTrue(told.startsWith("a task takes two classes with images"), told);
  }
}
