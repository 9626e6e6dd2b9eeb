package ghostbeam.transforms.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  private static final String STORE = "memory://bucket/data/train.lock";

  @TempDir Path temporary;

  @BeforeAll
  static void letBeamKnowTheStore() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @AfterEach
  void emptyTheStore() {
    MemoryFileSystem.OBJECTS.clear();
    MemoryFileSystem.deletes(true);
  }

  @Test
  void letsOnlyOneRunInAtATime() throws IOException {
    for (String path : List.of(local(), STORE)) {
      RunLock first = RunLock.take(path);
      IOException refusal = assertThrows(IOException.class, () -> RunLock.take(path));
      assertTrue(refusal.getMessage().startsWith("another run writes here: "));
      assertEquals(1, refusal.getMessage().lines().count());
      first.close();

      RunLock.take(path).close();
    }
    assertFalse(Files.exists(temporary.resolve("new")), "folders made for the lock alone go too");
    assertTrue(MemoryFileSystem.OBJECTS.isEmpty());
  }

  @Test
  void saysHowToBreakADeadRunsLock() throws IOException {
    RunLock.take(STORE); // its run dies

    IOException refusal = assertThrows(IOException.class, () -> RunLock.take(STORE));

    String claim = MemoryFileSystem.OBJECTS.firstKey();
    assertEquals(1, MemoryFileSystem.OBJECTS.size(), "the refused run takes its claim back");
    assertTrue(refusal.getMessage().contains("process " + ProcessHandle.current().pid()));
    assertTrue(refusal.getMessage().contains("delete " + claim), refusal.getMessage());
    MemoryFileSystem.OBJECTS.remove(claim);
    RunLock.take(STORE).close();
  }

  @Test
  void reportsTheWorksFailureBeforeThatOfTheRelease() throws IOException {
    MemoryFileSystem.deletes(false);
    IOException work =
        assertThrows(
            IOException.class,
            () ->
                RunLock.holding(
                    STORE,
                    () -> {
                      throw new IOException("the disk is full");
                    }));
    assertEquals("the disk is full", work.getMessage());
    assertTrue(work.getSuppressed()[0].getMessage().startsWith("the lock " + STORE));
  }

  @Test
  void reportsALockThatCannotBeReleased() throws IOException {
    MemoryFileSystem.deletes(false);
    IOException stays = assertThrows(IOException.class, () -> RunLock.holding(STORE, () -> {}));
    String lock = MemoryFileSystem.OBJECTS.ceilingKey(STORE);
    assertEquals(
        "the lock " + lock + " could not be released: refused; delete it before the next run",
        stays.getMessage());
  }

  @Test
  void reportsTheHolderIfItsOwnClaimCannotBeDeleted() throws IOException {
    RunLock.take(STORE);
    MemoryFileSystem.deletes(false);
    IOException refusal = assertThrows(IOException.class, () -> RunLock.take(STORE));
    assertTrue(refusal.getMessage().startsWith("another run writes here: "), refusal.getMessage());
  }

  /** Ends the process by SIGTERM, which acts like Ctrl-C. */
  @Test
  void isDeletedAtShutdownOnceTheWorkHasEnded() throws Exception {
    Path path = Path.of(local());
    Process holder = hold(path.toString());
    try {
      assertEquals('h', holder.getInputStream().read());
      holder.destroy();
      assertTrue(holder.waitFor(120, TimeUnit.SECONDS));
    } finally {
      holder.destroyForcibly();
    }
    assertFalse(Files.exists(path));
    assertEquals("true", Files.readString(temporary.resolve("held at the end")));
  }

  private Process hold(String path) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Holder.class.getName(),
            path,
            temporary.resolve("held at the end").toString())
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void aLocalLockEndsWithItsProcess() throws Exception {
    String path = local();
    Process holder = hold(path);
    try {
      assertEquals('h', holder.getInputStream().read());
      IOException refusal = assertThrows(IOException.class, () -> RunLock.take(path));
      assertTrue(refusal.getMessage().contains("process " + holder.pid()), refusal.getMessage());
    } finally {
      holder.destroyForcibly();
    }
    assertTrue(holder.waitFor(120, TimeUnit.SECONDS));
    assertTrue(Files.exists(Path.of(path)));

    RunLock.take(path).close();
    assertFalse(Files.exists(Path.of(path)));
  }

  @Test
  void neverLetsTwoRunsIn() throws Exception {
    ExecutorService rounds = Executors.newFixedThreadPool(20);
    List<Future<Integer>> held = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      String lock = round + "/train.lock";
      for (String path : List.of(temporary + "/" + lock, "memory://bucket/" + lock)) {
        held.add(rounds.submit(() -> holders(path, 4)));
      }
    }
    for (Future<Integer> holders : held) {
      assertTrue(holders.get() <= 1);
    }
    rounds.shutdown();
  }

  private static int holders(String path, int runs) throws Exception {
    CyclicBarrier start = new CyclicBarrier(runs);
    ExecutorService threads = Executors.newFixedThreadPool(runs);
    List<Future<RunLock>> attempts = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      attempts.add(
          threads.submit(
              () -> {
                start.await();
                try {
                  return RunLock.take(path);
                } catch (IOException e) {
                  return null;
                }
              }));
    }
    int held = 0;
    List<RunLock> locks = new ArrayList<>();
    for (Future<RunLock> attempt : attempts) {
      if (attempt.get() != null) {
        held++;
        locks.add(attempt.get());
      }
    }
    for (RunLock lock : locks) {
      lock.close();
    }
    threads.shutdown();
    return held;
  }

  private String local() {
    return temporary.resolve("new/deep/train.lock").toString();
  }

  /** A process that takes a lock, prints {@code h} and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      RunLock.holding(
          args[0],
          () -> {
            System.out.print("h");
            System.out.flush();
            LockSupport.park();
          },
          () -> end(Path.of(args[0]), Path.of(args[1])));
    }

    private static void end(Path lock, Path note) {
      try {
        Files.writeString(note, "" + Files.exists(lock));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
