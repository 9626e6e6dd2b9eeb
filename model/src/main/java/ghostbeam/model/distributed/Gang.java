package ghostbeam.model.distributed;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * What each rank of a gang (PyTorch's process group) needs to find the others. The ranks of a gang
 * run at the same time, start together and fail together.
 *
 * @param folder where each rank keeps its status files while the gang runs
 * @param secret by which ranks authenticate each other
 * @param host rendezvous host, reached from every rank's machine through the interface at which the
 *     other ranks can reach that machine
 * @param size number of ranks
 * @param timeoutSeconds how long a rank waits for another to respond
 */
public record Gang(String folder, UUID secret, String host, int size, int timeoutSeconds)
    implements Serializable {

  /** The work of one rank. */
  @FunctionalInterface
  public interface Work {
    void run(Collective collective) throws IOException, InterruptedException;
  }

  /** A gang of one rank. */
  public static Gang alone() {
    return new Gang("", new UUID(0, 0), "", 1, 0);
  }

  /**
   * Runs one rank's work on the calling thread, once all ranks have arrived.
   *
   * @param storage where {@code folder} is
   * @throws IOException naming the rank that failed, this or another, and why; or how many ranks
   *     have arrived, where some are missing
   * @throws IllegalStateException naming this rank, where its work threw an unchecked exception or
   *     ran out of memory, or a class was missing
   */
  public void run(Storage storage, int rank, Work work) throws IOException, InterruptedException {
    if (size == 1) {
      work.run(Collective.alone());
      return;
    }
    StatusFiles status = new StatusFiles(storage, this, rank);
    status.requireFirstStart();
    try {
      // Closed before any status is written: that may take long where the storage is what failed.
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

  /** The next rank in the ring. */
  int after(int rank) {
    return (rank + 1) % size;
  }

  /** The previous rank in the ring. */
  int before(int rank) {
    return (rank + size - 1) % size;
  }

  /** What a rank sends to authenticate itself to the next. */
  byte[] greeting(int rank) {
    return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
        .putLong(secret.getMostSignificantBits())
        .putLong(secret.getLeastSignificantBits())
        .putInt(rank)
        .array();
  }

  /** Omits the secret. */
  @Override
  public String toString() {
    return "Gang[%d ranks, %s]".formatted(size, folder);
  }
}
