package ghostbeam.model.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
final class GangTest {
  /** A timeout that expires, but is long enough for a live rank to respond on any machine. */
  private static final int SHORT_S = 3;

  /** A timeout that must not expire where something else should end the wait. */
  private static final int TIMEOUT_S = 120;

  @TempDir Path folder;

  @AfterEach
  void leavesNoStatusFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void saysHowManyArrivedWhereSomeAreMissing() throws Exception {
    for (Future<Integer> end : Ranks.ends(folder, 4, 2, SHORT_S, Collective::rank)) {
      String message = failure(end);
      assertTrue(
          message.contains("only 2 of 4 ranks (0, 1) have started within " + SHORT_S + " s"),
          message);
      assertEquals(Optional.of(ModelRemedy.SLOT_FOR_EACH_RANK.with(4)), advice(end));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void stopsAllRanksAndNamesTheOneThatFailed(int ranks) throws Exception {
    List<Future<Object>> ends =
        Ranks.ends(
            folder,
            ranks,
            ranks,
            TIMEOUT_S,
            collective -> {
              collective.sum(1);
              if (collective.rank() == 1) {
                throw new AdvisedException("too large", ModelRemedy.LOWER_LOSS_SCALE.with(8));
              }
              collective.sum(1);
              return collective.sum(1);
            });
    assertEquals("rank 1 of " + ranks + ": too large", failure(ends.get(1)));
    assertEquals(
        "rank 0 of " + ranks + " stopped, since rank 1 failed: too large", failure(ends.get(0)));
    for (Future<Object> end : ends) {
      assertEquals(Optional.of(ModelRemedy.LOWER_LOSS_SCALE.with(8)), advice(end));
    }
  }

  /** A Java Error would otherwise appear only in that machine's log. */
  @Test
  void namesTheOneThatRanOutOfMemory() throws Exception {
    List<Future<Object>> ends =
        Ranks.ends(
            folder,
            2,
            2,
            TIMEOUT_S,
            collective -> {
              if (collective.rank() == 1) {
                throw new OutOfMemoryError("Java heap space");
              }
              return collective.sum(1);
            });
    String words = "java.lang.OutOfMemoryError: Java heap space";
    assertEquals("rank 1 of 2: " + words, failure(ends.get(1)));
    assertEquals("rank 0 of 2 stopped, since rank 1 failed: " + words, failure(ends.get(0)));
  }

  /** It hangs until the other rank has ended. */
  @Test
  void givesUpOnARankThatHangs() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    List<Future<Object>> ends =
        Ranks.ends(
            folder,
            2,
            2,
            SHORT_S,
            collective -> {
              collective.sum(1);
              if (collective.rank() == 1) {
                over.await();
                return 1;
              }
              return collective.sum(1);
            },
            rank -> {
              if (rank == 0) {
                over.countDown();
              }
            });
    String message = failure(ends.get(0));
    assertTrue(
        message.startsWith("rank 0 of 2 stopped, since there is no sign of rank 1"), message);
  }

  @Test
  void noticesAtOnceThatAProcessWasKilled() throws Exception {
    try (Rendezvous rendezvous =
        Rendezvous.open(Storage.local(), folder.toString(), 2, "127.0.0.1", TIMEOUT_S)) {
      Gang gang = rendezvous.gang();
      long[] killed = new long[1];
      Process other = RankProcess.start(gang, 1);
      IOException failure =
          assertThrows(
              IOException.class,
              () ->
                  gang.run(
                      Storage.local(),
                      0,
                      collective -> {
                        assertArrayEquals(new double[] {1}, collective.sum(0));
                        killed[0] = System.nanoTime();
                        other.destroyForcibly();
                        for (int i = 0; i < 1_000_000; i++) {
                          collective.sum(0);
                        }
                      }));
      // Not by the timeout, but after waiting for the killed rank to report why.
      assertTrue(System.nanoTime() - killed[0] < TimeUnit.SECONDS.toNanos(TIMEOUT_S) / 2);
      assertEquals(128 + 9, other.waitFor());
      assertTrue(
          failure.getMessage().startsWith("rank 0 of 2 stopped, since there is no sign of rank 1"),
          failure.getMessage());
    }
  }

  @Test
  void rejectsARankThatTheRunnerRestarts() throws Exception {
    try (Rendezvous rendezvous =
        Rendezvous.open(Storage.local(), folder.toString(), 2, "127.0.0.1", 1)) {
      Gang gang = rendezvous.gang();
      assertThrows(IOException.class, () -> gang.run(Storage.local(), 0, c -> {}));
      String message =
          assertThrows(IOException.class, () -> gang.run(Storage.local(), 0, c -> {})).getMessage();
      assertTrue(message.startsWith("rank 0 of 2 was started a second time"), message);
    }
  }

  @Test
  void stopsWhenItsThreadIsInterrupted() throws Exception {
    CountDownLatch met = new CountDownLatch(2);
    CountDownLatch over = new CountDownLatch(1);
    try (Rendezvous rendezvous =
        Rendezvous.open(Storage.local(), folder.toString(), 2, "127.0.0.1", TIMEOUT_S)) {
      Gang gang = rendezvous.gang();
      List<Thread> ranks = new ArrayList<>();
      List<Throwable> ends = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 2; i++) {
        int rank = i;
        Gang.Work work =
            collective -> {
              collective.sum(1);
              met.countDown();
              if (rank == 1) {
                over.await();
              }
              collective.sum(1);
            };
        ranks.add(new Thread(() -> ends.add(end(gang, rank, work))));
        ranks.get(i).start();
      }
      met.await();
      ranks.get(0).interrupt();
      ranks.get(0).join();
      assertEquals(InterruptedException.class, ends.get(0).getClass());
      over.countDown();
      ranks.get(1).join();
      assertEquals(
          "rank 1 of 2 stopped, since rank 0 failed: this rank was told to stop",
          ends.get(1).getMessage());
    }
  }

  private static Throwable end(Gang gang, int rank, Gang.Work work) {
    return assertThrows(Exception.class, () -> gang.run(Storage.local(), rank, work));
  }

  /**
   * One rank fails at any point, before, while or after the others do the same, and they soon
   * report why. Rabit's ranks sometimes hung here.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void stopsSoonWhereverOneFails(int ranks) throws Exception {
    Random random = new Random(ranks);
    for (int stop = 0; stop < 20; stop++) {
      int step = random.nextInt(6);
      int failing = random.nextInt(ranks);
      int values = 1 << random.nextInt(17);
      long[] late = random.longs(ranks, 0, 3).toArray();
      long start = System.nanoTime();
      List<Future<Object>> ends =
          Ranks.ends(
              folder,
              ranks,
              ranks,
              TIMEOUT_S,
              collective -> {
                for (int i = 0; i < 8; i++) {
                  if (i == step && collective.rank() == failing) {
                    throw new IOException("no space left");
                  }
                  if (i == step) {
                    Thread.sleep(late[collective.rank()]);
                  }
                  for (double sum : collective.sum(new double[values])) {
                    assertEquals(0, sum);
                  }
                }
                return 1;
              });
      double seconds = (System.nanoTime() - start) / 1e9;
      for (int rank = 0; rank < ranks; rank++) {
        String expected =
            rank == failing
                ? "rank %d of %d: no space left".formatted(rank, ranks)
                : "rank %d of %d stopped, since rank %d failed: no space left"
                    .formatted(rank, ranks, failing);
        assertEquals(expected, failure(ends.get(rank)), "stop " + stop);
      }
      assertTrue(seconds < TIMEOUT_S / 2, "stop %d took %.1f s".formatted(stop, seconds));
    }
  }

  private static String failure(Future<?> end) {
    return cause(end).getMessage();
  }

  private static Optional<Advice> advice(Future<?> end) {
    return Advice.about(cause(end));
  }

  private static Throwable cause(Future<?> end) {
    return assertThrows(ExecutionException.class, end::get).getCause();
  }
}
