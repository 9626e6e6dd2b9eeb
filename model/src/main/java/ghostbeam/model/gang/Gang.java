package ghostbeam.model.gang;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.io.Serializable;

/**
 * What each rank must know to find the others.
 *
 * @param folder where ranks leave notes for each other while they live
 * @param host of the tracker that introduces the ranks
 * @param port of it
 * @param size ranks
 * @param patienceSeconds how long a rank waits for a sign of another
 */
public record Gang(String folder, String host, int port, int size, int patienceSeconds)
    implements Serializable {

  /** What a rank does. */
  @FunctionalInterface
  public interface Work {
    void run(Collective collective) throws IOException, InterruptedException;
  }

  /** A gang of one rank. */
  public static Gang alone() {
    return new Gang("", "", 0, 1, 0);
  }

  /**
   * Does a rank's part on the calling thread, once all ranks have come.
   *
   * @param storage where the notes are
   * @throws IOException naming the rank that failed and why, this or another; or how many ranks
   *     have come, where some are missing
   * @throws IllegalStateException where the work threw an unchecked one, naming this rank
   */
  public void run(Storage storage, int rank, Work work) throws IOException, InterruptedException {
    if (size == 1) {
      work.run(Collective.alone());
      return;
    }
    Notes notes = new Notes(storage, this, rank);
    try {
      notes.arriveWithAll();
    } catch (InterruptedException e) {
      notes.fail(e);
      throw e;
    }
    try {
      try (Collective collective = RabitCollective.join(this, rank)) {
        work.run(collective);
      }
      notes.leave(Notes.DONE, "");
    } catch (LostRankException e) {
      throw notes.explain(e);
    } catch (IOException e) {
      throw new IOException(notes.fail(e), e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(notes.fail(e), e);
    } catch (InterruptedException | Error e) {
      notes.fail(e);
      throw e;
    }
  }
}
