package ghostbeam.model.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which images a proxy task has. */
final class ProxyTaskTest extends ProxyTaskCase {
  @Test
  void holdsSomeClassesSomeImagesOfEachAndAllToValidateOn() throws IOException {
    String folder = task(3, 7, 1, "proxy");
    Map<String, List<String>> train = images(folder, "train");
    assertEquals(3, train.size());
    assertEquals(
        numbers(train).count(), new ProxyTask(3, 7, 1).trainingImages(STORAGE, data(), data()));
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
  void refusesATaskOfOneClass() {
    String told = assertThrows(IOException.class, () -> task(1, 5, 1, "one")).getMessage();
    assertTrue(told.startsWith("a proxy task needs two classes with images"), told);
  }
}
