package ghostbeam.model.distributed;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Gangs in threads of one process. */
public final class Ranks {
  private Ranks() {}

  /** A rank's work and its result. */
  @FunctionalInterface
  public interface Part<T> {
    T of(Collective collective) throws Exception;
  }

  /**
   * The result of each rank's work, by rank.
   *
   * @throws Exception the lowest failing rank's
   */
  public static <T> List<T> each(Path folder, int ranks, Part<T> part) throws Exception {
    List<T> results = new ArrayList<>();
    for (Future<T> end : ends(folder, ranks, ranks, 20, part)) {
      try {
        results.add(end.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw (Exception) e.getCause();
      }
    }
    return results;
  }

  /** How each rank ended, once all have. */
  static <T> List<Future<T>> ends(
      Path folder, int ranks, int coming, int timeoutSeconds, Part<T> part) throws Exception {
    return ends(folder, ranks, coming, timeoutSeconds, part, rank -> {});
  }

  /**
   * The same.
   *
   * @param ended called for each rank once it has ended, in order of their numbers
   */
  static <T> List<Future<T>> ends(
      Path folder, int ranks, int coming, int timeoutSeconds, Part<T> part, IntConsumer ended)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(coming);
    List<Future<T>> ends = new ArrayList<>();
    try (Rendezvous rendezvous =
        Rendezvous.open(Storage.local(), folder.toString(), ranks, "127.0.0.1", timeoutSeconds)) {
      Gang gang = rendezvous.gang();
      for (int i = 0; i < coming; i++) {
        int rank = i;
        ends.add(threads.submit(() -> one(gang, rank, part)));
      }
      for (int rank = 0; rank < coming; rank++) {
        try {
          ends.get(rank).get();
        } catch (ExecutionException e) {
          // The caller checks the result.
        }
        ended.accept(rank);
      }
      return ends;
    } finally {
      threads.shutdown();
    }
  }

  private static <T> T one(Gang gang, int rank, Part<T> part) throws Exception {
    List<T> result = new ArrayList<>();
    gang.run(
        Storage.local(),
        rank,
        collective -> {
          try {
            result.add(part.of(collective));
          } catch (IOException | RuntimeException | InterruptedException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return result.get(0);
  }
}
