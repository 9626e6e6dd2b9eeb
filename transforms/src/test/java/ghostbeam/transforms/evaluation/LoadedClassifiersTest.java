package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.inference.Classifier;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.evaluation.LoadedClassifiers.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedClassifiersTest {
  private static final long MEMORY = 1L << 30;

  @TempDir Path root;

  @BeforeEach
  void begin() {
    LoadedClassifiers.dropIdle();
    assertEquals(List.of(), LoadedClassifiers.keys());
  }

  @AfterEach
  void end() {
    LoadedClassifiers.dropIdle();
    assertEquals(List.of(), LoadedClassifiers.keys());
  }

  @Test
  void slotsShareAClassifierAndTheNextPassReusesIt() throws IOException {
    Candidate candidate = new TinyWorld(root).candidate("a", 1, 32);
    Lease first = LoadedClassifiers.acquire(Storage.local(), candidate, MEMORY);
    Lease second = LoadedClassifiers.acquire(Storage.local(), candidate, MEMORY);
    Classifier shared = first.classifier();
    assertSame(shared, second.classifier());
    first.close();
    first.close();
    LoadedClassifiers.dropIdle();
    assertSame(shared, second.classifier());
    second.close();
    try (Lease later = LoadedClassifiers.acquire(Storage.local(), candidate, MEMORY)) {
      assertSame(shared, later.classifier());
    }
    LoadedClassifiers.dropIdle();
    try (Lease later = LoadedClassifiers.acquire(Storage.local(), candidate, MEMORY)) {
      assertNotSame(shared, later.classifier());
    }
  }

  /** Three fit: the fourth replaces the one released the longest ago. */
  @Test
  void evictsTheLeastRecentlyUsed() throws IOException {
    TinyWorld world = new TinyWorld(root);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      candidates.add(world.candidate("c" + i, i, 32));
    }
    long three = 3 * candidates.get(0).memoryBytes();
    for (int used : new int[] {0, 1, 2, 0}) {
      LoadedClassifiers.acquire(Storage.local(), candidates.get(used), three).close();
    }
    try (Lease last = LoadedClassifiers.acquire(Storage.local(), candidates.get(3), three)) {
      assertEquals(digests(candidates, 2, 0, 3), LoadedClassifiers.keys());
      assertEquals(3, last.classifier().classes());
    }
  }

  @Test
  void neverEvictsClassifiersInUse() throws IOException {
    TinyWorld world = new TinyWorld(root);
    List<Candidate> candidates = List.of(world.candidate("a", 1, 32), world.candidate("b", 2, 32));
    try (Lease first = LoadedClassifiers.acquire(Storage.local(), candidates.get(0), 1);
        Lease second = LoadedClassifiers.acquire(Storage.local(), candidates.get(1), 1)) {
      assertEquals(digests(candidates, 0, 1), LoadedClassifiers.keys());
      assertNotSame(first.classifier(), second.classifier());
    }
  }

  private static List<String> digests(List<Candidate> candidates, int... numbers) {
    return IntStream.of(numbers).mapToObj(i -> candidates.get(i).key()).toList();
  }

  @Test
  void concurrentThreadsGetTheSameClassifier() throws Exception {
    Candidate candidate = new TinyWorld(root).candidate("a", 2, 32);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<Lease>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tasks.add(() -> LoadedClassifiers.acquire(Storage.local(), candidate, MEMORY));
    }
    List<Lease> leases = new ArrayList<>();
    for (Future<Lease> future : threads.invokeAll(tasks)) {
      leases.add(future.get());
    }
    threads.shutdown();
    assertEquals(1, leases.stream().map(Lease::classifier).distinct().count());
    leases.forEach(Lease::close);
  }

  @Test
  void refusesAChangedFileAndDoesNotCacheIt() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Candidate planned = world.candidate("a", 3, 32);
    Candidate other = world.candidate("a", 4, 32);
    IOException refused =
        assertThrows(
            IOException.class, () -> LoadedClassifiers.acquire(Storage.local(), planned, MEMORY));
    assertTrue(refused.getMessage().contains("changed while it was evaluated"));
    assertTrue(refused.getMessage().contains(other.digest()), refused::getMessage);
    Files.delete(Path.of(planned.path()));
    assertThrows(
        IOException.class, () -> LoadedClassifiers.acquire(Storage.local(), planned, MEMORY));
    assertEquals(List.of(), LoadedClassifiers.keys());
  }
}
