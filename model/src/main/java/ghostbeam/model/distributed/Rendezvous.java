package ghostbeam.model.distributed;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ranks of one gang find each other. The launching process opens it before they start and
 * closes it after they have ended.
 *
 * @param gang what each rank needs to join
 */
public record Rendezvous(Storage storage, Gang gang) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rendezvous.class);

  /**
   * Opens a rendezvous for one gang.
   *
   * @param folder where its ranks may write status files, reachable by all
   * @param ranks number of ranks
   * @param host see {@link Gang}; 127.0.0.1 where all ranks are on one machine
   * @param timeoutSeconds how long a rank waits for another to respond
   */
  public static Rendezvous open(
      Storage storage, String folder, int ranks, String host, int timeoutSeconds) {
    if (ranks == 1) {
      return new Rendezvous(storage, Gang.alone());
    }
    String statuses = Storage.resolve(folder, "gang-" + UUID.randomUUID());
    return new Rendezvous(
        storage, new Gang(statuses, UUID.randomUUID(), host, ranks, timeoutSeconds));
  }

  /** Waits until rank 0, which writes the output, has ended; then deletes the status files. */
  @Override
  public void close() throws IOException {
    if (gang.size() == 1) {
      return;
    }
    try {
      awaitRankZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      removeStatusFiles();
    }
  }

  private void removeStatusFiles() {
    try {
      for (Storage.Entry file : storage.list(gang.folder())) {
        storage.delete(file.path());
      }
      storage.delete(gang.folder());
    } catch (IOException e) {
      LOG.debug("cannot delete a gang's status files in {}", gang.folder(), e);
    }
  }

  private void awaitRankZero() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.timeoutSeconds());
    Backoff backoff = new Backoff();
    while (storage.exists(StatusFiles.path(gang, 0, StatusFiles.Status.ARRIVED))
        && System.nanoTime() < deadline) {
      for (StatusFiles.Status end : StatusFiles.Status.ENDS) {
        if (storage.exists(StatusFiles.path(gang, 0, end))) {
          return;
        }
      }
      backoff.pause();
    }
  }
}
