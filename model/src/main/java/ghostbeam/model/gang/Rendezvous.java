package ghostbeam.model.gang;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ranks of one gang meet, on the side that launches them; open it before they start and
 * close it after they have ended. It introduces the ranks to each other and takes no part in what
 * they do.
 */
public final class Rendezvous implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rendezvous.class);
  private static final long LOOK_AGAIN_MILLIS = 100;

  private final Storage storage;
  private final Gang gang;

  /** Null for a gang of one. */
  private final Pointer tracker;

  private Rendezvous(Storage storage, Gang gang, Pointer tracker) {
    this.storage = storage;
    this.gang = gang;
    this.tracker = tracker;
  }

  /**
   * Opens a place for one gang to meet.
   *
   * @param folder where its ranks may leave notes, reachable by all
   * @param ranks of the gang; nothing is opened for a single one
   * @param host this machine's address, as the ranks reach it
   * @param patienceSeconds how long a rank waits for a sign of another
   * @throws IOException where no port can be opened at that address
   */
  public static Rendezvous open(
      Storage storage, String folder, int ranks, String host, int patienceSeconds)
      throws IOException {
    if (ranks == 1) {
      return new Rendezvous(storage, Gang.alone(), null);
    }
    Rabit rabit = Rabit.library();
    rabit.logQuietly();
    PointerByReference handle = new PointerByReference();
    // It waits for ranks without end, and is stopped when their job has ended.
    String config =
        """
        {"dmlc_communicator":"rabit","n_workers":%d,"host":"%s","port":0,"sortby":1,"timeout":0}\
        """
            .formatted(ranks, host);
    PointerByReference json = new PointerByReference();
    if (rabit.XGTrackerCreate(config, handle) != 0
        || rabit.XGTrackerRun(handle.getValue(), "{}") != 0
        || rabit.XGTrackerWorkerArgs(handle.getValue(), json) != 0) {
      throw new IOException("no rendezvous can be opened at " + host + ": " + rabit.lastCause());
    }
    JsonNode address = new ObjectMapper().readTree(json.getValue().getString(0));
    Gang gang =
        new Gang(
            Storage.resolve(folder, "gang-" + UUID.randomUUID()),
            address.get("dmlc_tracker_uri").asText(),
            address.get("dmlc_tracker_port").asInt(),
            ranks,
            patienceSeconds);
    return new Rendezvous(storage, gang, handle.getValue());
  }

  /** What each rank must be told. */
  public Gang gang() {
    return gang;
  }

  /** Waits until rank 0, the one that writes, writes no more; then removes all traces. */
  @Override
  public void close() throws IOException {
    if (tracker == null) {
      return;
    }
    try {
      awaitRankZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Rabit rabit = Rabit.library();
      if (rabit.XGTrackerFree(tracker) != 0) {
        LOG.debug("the tracker stopped in disorder: {}", rabit.lastCause());
      }
      removeNotes();
    }
  }

  private void removeNotes() {
    try {
      for (Storage.Entry note : storage.list(gang.folder())) {
        storage.delete(note.path());
      }
      storage.delete(gang.folder());
    } catch (IOException e) {
      LOG.debug("notes of a gang stay in {}", gang.folder(), e);
    }
  }

  private void awaitRankZero() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.patienceSeconds());
    while (storage.exists(Notes.path(gang, 0, Notes.ARRIVED)) && System.nanoTime() < end) {
      for (String how : List.of(Notes.DONE, Notes.FAILED, Notes.LOST)) {
        if (storage.exists(Notes.path(gang, 0, how))) {
          return;
        }
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
    }
  }
}
