package ghostbeam.model.distributed;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * What each rank must know to find the others.
 *
 * @param folder where each rank says by small files how it fares, while they live
 * @param secret by which ranks know each other from strangers
 * @param host that all ranks' machines reach, each by the address at which the others reach it
 * @param size ranks
 * @param patienceSeconds how long a rank waits for a sign of another
 */
public record Gang(String folder, UUID secret, String host, int size, int patienceSeconds)
    implements Serializable {

  /** What a rank does. */
  @FunctionalInterface
  public interface Work {
    void run(Collective collective) throws IOException, InterruptedException;
  }

  /** A gang of one rank. */
  public static Gang alone() {
    return new Gang("", new UUID(0, 0), "", 1, 0);
  }

  /**
   * Does a rank's part on the calling thread, once all ranks have come.
   *
   * @param storage where that folder is
   * @throws IOException naming the rank that failed and why, this or another; or how many ranks
   *     have come, where some are missing
   * @throws IllegalStateException where the work threw an unchecked one, or memory or a class was
   *     missing, naming this rank
   */
  public void run(Storage storage, int rank, Work work) throws IOException, InterruptedException {
    if (size == 1) {
      work.run(Collective.alone());
      return;
    }
    StatusFiles status = new StatusFiles(storage, this, rank);
    status.requireFirstStart();
    try {
      // Closed before any status is written, which may take long where the storage is what failed.
      try (Collective collective = join(status, rank)) {
        work.run(collective);
      }
      status.end(StatusFiles.Status.DONE, "");
    } catch (LostRankException e) {
      if (Thread.interrupted()) {
        status.fail(e);
        throw new InterruptedException(e.getMessage());
      }
      throw status.explain(e);
    } catch (IOException e) {
      throw new IOException(status.fail(e), e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(status.fail(e), e);
    } catch (OutOfMemoryError | LinkageError e) {
      throw new IllegalStateException(status.fail(e), e);
    } catch (InterruptedException | Error e) {
      status.fail(e);
      throw e;
    }
  }

  private Collective join(StatusFiles status, int rank) throws IOException, InterruptedException {
    try (RankListener listener = RankListener.open(this, rank)) {
      status.arrive(listener.address());
      List<String> addresses = status.awaitAll();
      return new Ring(rank, size, listener.meet(addresses.get(after(rank)), status));
    }
  }

  /** The rank that a rank hands on to. */
  int after(int rank) {
    return (rank + 1) % size;
  }

  /** The rank that hands on to a rank. */
  int before(int rank) {
    return (rank + size - 1) % size;
  }

  /** By which a rank makes itself known to the one after it. */
  byte[] greeting(int rank) {
    return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
        .putLong(secret.getMostSignificantBits())
        .putLong(secret.getLeastSignificantBits())
        .putInt(rank)
        .array();
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "Gang[%d ranks, %s]".formatted(size, folder);
  }
}
