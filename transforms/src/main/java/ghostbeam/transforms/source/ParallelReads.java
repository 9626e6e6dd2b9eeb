package ghostbeam.transforms.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs reads on many threads, since reads from an object store spend most of their time waiting.
 */
public final class ParallelReads {
  private static final int THREADS = 32;

  private ParallelReads() {}

  /**
   * Runs all reads and returns their results in order.
   *
   * @param source name of what is read, for messages
   * @throws IOException the failure of the first read, in order, that fails
   */
  public static <T> List<T> read(String source, List<? extends Callable<T>> reads)
      throws IOException {
    if (reads.isEmpty()) {
      return List.of();
    }
    List<T> results = new ArrayList<>(reads.size());
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(THREADS, reads.size()));
    try {
      for (Future<T> result : reads.stream().map(threads::submit).toList()) {
        results.add(result.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(source + ": listing was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IOException(source + " cannot be listed: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
    return results;
  }
}
