package ghostbeam.transforms.evaluation;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The classifiers of this JVM, by file and precision: slots that score the same checkpoint share
 * its weights, which the first loads. Those that nobody uses any more stay for the next pass or
 * round of a race, as far as the memory allows; the least recently used go first, and all after a
 * minute. Thread-safe; different checkpoints load side by side.
 */
final class LoadedClassifiers {
  private static final long IDLE_SECONDS = 60;

  /**
   * Whether a later job of this JVM finds this map. On a cluster it does not, since each job brings
   * these classes anew; what were kept would only take the memory of the next.
   */
  private static final boolean OUTLIVES_JOBS =
      LoadedClassifiers.class.getClassLoader() == ClassLoader.getSystemClassLoader();

  /** Least recently given back first, as far as nobody uses them. */
  private static final LinkedHashMap<String, Entry> BY_KEY = new LinkedHashMap<>();

  private LoadedClassifiers() {}

  /**
   * Borrows a candidate's classifier, loading it if it is not here. What is in use is never
   * dropped, so the memory is kept to only if those in use at a time fit into it.
   *
   * @param memoryBytes that all classifiers here may take
   * @throws IOException where the file cannot be read or is not the one the job started with
   */
  static Lease acquire(Storage storage, Candidate candidate, long memoryBytes) throws IOException {
    Entry entry;
    List<Entry> dropped;
    synchronized (BY_KEY) {
      entry = BY_KEY.computeIfAbsent(candidate.key(), d -> new Entry(candidate.memoryBytes()));
      entry.users++;
      dropped = dropIdle(memoryBytes);
    }
    Lease lease = new Lease(candidate.key(), entry);
    try {
      dropped.forEach(Entry::close);
      entry.load(storage, candidate);
      return lease;
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /** Frees what nobody uses. */
  static void dropIdle() {
    List<Entry> dropped;
    synchronized (BY_KEY) {
      dropped = dropIdle(0);
    }
    dropped.forEach(Entry::close);
  }

  /** Takes out unused ones until the rest takes no more; to be closed without the lock. */
  private static List<Entry> dropIdle(long memoryBytes) {
    List<Entry> dropped = new ArrayList<>();
    long taken = BY_KEY.values().stream().mapToLong(entry -> entry.bytes).sum();
    for (Iterator<Entry> all = BY_KEY.values().iterator(); all.hasNext() && taken > memoryBytes; ) {
      Entry entry = all.next();
      if (entry.users == 0) {
        all.remove();
        dropped.add(entry);
        taken -= entry.bytes;
      }
    }
    return dropped;
  }

  /** Keys of the checkpoints whose weights are in memory. */
  static List<String> keys() {
    synchronized (BY_KEY) {
      return List.copyOf(BY_KEY.keySet());
    }
  }

  /** The right to use a classifier until closed. */
  static final class Lease implements AutoCloseable {
    private final String key;
    private Entry entry;

    private Lease(String key, Entry entry) {
      this.key = key;
      this.entry = entry;
    }

    Classifier classifier() {
      return entry.classifier;
    }

    @Override
    public void close() {
      Entry returned = entry;
      entry = null;
      if (returned != null) {
        giveBack(key, returned);
      }
    }
  }

  private static void giveBack(String key, Entry entry) {
    synchronized (BY_KEY) {
      entry.leases++;
      if (--entry.users > 0) {
        return;
      }
      BY_KEY.remove(key);
      if (entry.classifier == null) {
        return; // it never loaded
      }
      if (OUTLIVES_JOBS) {
        BY_KEY.put(key, entry); // as the most recent
      }
    }
    if (!OUTLIVES_JOBS) {
      entry.close();
      return;
    }
    int leases = entry.leases;
    CompletableFuture.delayedExecutor(IDLE_SECONDS, TimeUnit.SECONDS)
        .execute(() -> dropUnlessUsedSince(key, entry, leases));
  }

  private static void dropUnlessUsedSince(String key, Entry entry, int leases) {
    synchronized (BY_KEY) {
      if (entry.users > 0 || entry.leases != leases || !BY_KEY.remove(key, entry)) {
        return;
      }
    }
    entry.close();
  }

  private static final class Entry {
    private final long bytes;

    /** Guarded by {@link #BY_KEY}. */
    private int users;

    /** Ended ones; guarded by {@link #BY_KEY}. */
    private int leases;

    private volatile Classifier classifier;

    Entry(long bytes) {
      this.bytes = bytes;
    }

    /** Under the entry's own lock, so that others with the same digest wait for the one load. */
    synchronized void load(Storage storage, Candidate candidate) throws IOException {
      if (classifier != null) {
        return;
      }
      byte[] file = Checkpoint.load(storage, candidate.path());
      String digest = Sha256.of(file);
      if (!digest.equals(candidate.digest())) {
        throw PermanentFailure.of(
            new IOException(
                "%s changed while it was evaluated: its digest was %s and is %s; evaluate it again"
                    .formatted(candidate.path(), candidate.digest(), digest)));
      }
      classifier = candidate.loader().load(candidate.path(), file, candidate.precision());
    }

    synchronized void close() {
      classifier.close();
    }
  }
}
