package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.inference.Classifier;
import ghostbeam.model.record.Storage;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedClassifiersTest {
  @TempDir Path root;

  @Test
  void slotsShareOneAndTheLastClosesIt() throws IOException {
    int before = LoadedClassifiers.count();
    Candidate candidate = new TinyWorld(root).candidate("a", 1, 32);
    Lease first = LoadedClassifiers.acquire(Storage.local(), candidate);
    Lease second = LoadedClassifiers.acquire(Storage.local(), candidate);
    Classifier shared = first.classifier();
    assertSame(shared, second.classifier());
    first.close();
    first.close();
    assertEquals(before + 1, LoadedClassifiers.count());
    assertSame(shared, second.classifier());
    second.close();
    assertEquals(before, LoadedClassifiers.count());
    try (Lease later = LoadedClassifiers.acquire(Storage.local(), candidate)) {
      assertNotSame(shared, later.classifier());
    }
  }

  @Test
  void threadsThatComeAtOnceGetTheSame() throws Exception {
    Candidate candidate = new TinyWorld(root).candidate("a", 2, 32);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<Lease>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tasks.add(() -> LoadedClassifiers.acquire(Storage.local(), candidate));
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
  void aFileThatChangedIsRefusedAndNotKept() throws IOException {
    int before = LoadedClassifiers.count();
    TinyWorld world = new TinyWorld(root);
    Candidate planned = world.candidate("a", 3, 32);
    Candidate other = world.candidate("a", 4, 32);
    IOException refused =
        assertThrows(IOException.class, () -> LoadedClassifiers.acquire(Storage.local(), planned));
    assertTrue(refused.getMessage().contains("changed while it was evaluated"));
    assertTrue(refused.getMessage().contains(other.digest()), refused::getMessage);
    Files.delete(Path.of(planned.path()));
    assertThrows(IOException.class, () -> LoadedClassifiers.acquire(Storage.local(), planned));
    assertEquals(before, LoadedClassifiers.count());
  }
}
