package ghostbeam.model.distributed;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ranks of one gang learn of each other; open it before they start, on the side that
 * launches them, and close it after they have ended.
 *
 * @param gang what each rank must be told
 */
public record Rendezvous(Storage storage, Gang gang) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rendezvous.class);

  /**
   * Makes a place for one gang to meet.
   *
   * @param folder where its ranks may write status files, reachable by all
   * @param ranks of the gang
   * @param host that all ranks' machines reach, each by the address at which the others reach it;
   *     127.0.0.1 where all are on one machine
   * @param patienceSeconds how long a rank waits for a sign of another
   */
  public static Rendezvous open(
      Storage storage, String folder, int ranks, String host, int patienceSeconds) {
    if (ranks == 1) {
      return new Rendezvous(storage, Gang.alone());
    }
    String statuses = Storage.resolve(folder, "gang-" + UUID.randomUUID());
    return new Rendezvous(
        storage, new Gang(statuses, UUID.randomUUID(), host, ranks, patienceSeconds));
  }

  /** Waits until rank 0, the one that writes, writes no more; then removes all traces. */
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
      LOG.debug("status files of a gang stay in {}", gang.folder(), e);
    }
  }

  private void awaitRankZero() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.patienceSeconds());
    Pauses pauses = new Pauses();
    while (storage.exists(StatusFiles.path(gang, 0, StatusFiles.Status.ARRIVED))
        && System.nanoTime() < deadline) {
      for (StatusFiles.Status end : StatusFiles.Status.ENDS) {
        if (storage.exists(StatusFiles.path(gang, 0, end))) {
          return;
        }
      }
      pauses.pause();
    }
  }
}
