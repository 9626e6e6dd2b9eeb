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
 * A cache of this JVM's classifiers, keyed by file and precision: slots that score the same
 * checkpoint share its weights, loaded by the first of them. Idle classifiers stay for the next
 * pass or race round while memory allows, for up to a minute; the least recently used are evicted
 * first. Thread-safe; different checkpoints load in parallel.
 */
final class LoadedClassifiers {
  private static final long IDLE_SECONDS = 60;

  /**
   * Whether a later job in this JVM sees this map. On a cluster it does not: each job loads these
   * classes in its own class loader, so idle classifiers would only waste the next job's memory.
   */
  private static final boolean OUTLIVES_JOBS =
      LoadedClassifiers.class.getClassLoader() == ClassLoader.getSystemClassLoader();

  /** Idle ones in order of release, the least recent first. */
  private static final LinkedHashMap<String, Entry> BY_KEY = new LinkedHashMap<>();

  private LoadedClassifiers() {}

  /**
   * Leases a candidate's classifier, loading it if needed. Classifiers in use are never evicted, so
   * the limit holds only if those in use at one time fit into it.
   *
   * @param memoryBytes limit for all classifiers of this JVM
   * @throws IOException if the file cannot be read or has changed since the job started
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

  /** Frees all idle classifiers. */
  static void dropIdle() {
    List<Entry> dropped;
    synchronized (BY_KEY) {
      dropped = dropIdle(0);
    }
    dropped.forEach(Entry::close);
  }

  /** Removes idle classifiers until the rest fits; the caller closes them outside the lock. */
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

  /** {@link Candidate#key Keys} of the classifiers in memory. */
  static List<String> keys() {
    synchronized (BY_KEY) {
      return List.copyOf(BY_KEY.keySet());
    }
  }

  /** Keeps a classifier in memory until closed. */
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

    /** Leases that have ended; guarded by {@link #BY_KEY}. */
    private int leases;

    private volatile Classifier classifier;

    Entry(long bytes) {
      this.bytes = bytes;
    }

    /** Holds the entry's lock, so that other slots wait for this load instead of repeating it. */
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
