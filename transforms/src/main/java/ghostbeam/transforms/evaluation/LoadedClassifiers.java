package ghostbeam.transforms.evaluation;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The classifiers of this JVM: slots that score the same checkpoint share its weights, loaded by
 * the first and closed with the last. Thread-safe; different checkpoints load side by side.
 */
final class LoadedClassifiers {
  private static final Map<String, Entry> BY_DIGEST = new HashMap<>();

  private LoadedClassifiers() {}

  /**
   * Borrows a candidate's classifier, loading it if no one else holds it.
   *
   * @throws IOException where the file cannot be read or is not the one the job started with
   */
  static Lease acquire(Storage storage, Candidate candidate) throws IOException {
    Entry entry;
    synchronized (BY_DIGEST) {
      entry = BY_DIGEST.computeIfAbsent(candidate.digest(), digest -> new Entry());
      entry.users++;
    }
    Lease lease = new Lease(candidate.digest(), entry);
    try {
      entry.load(storage, candidate);
      return lease;
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /** Checkpoints whose weights are in memory. */
  static int count() {
    synchronized (BY_DIGEST) {
      return BY_DIGEST.size();
    }
  }

  /** The right to use a classifier until closed. */
  static final class Lease implements AutoCloseable {
    private final String digest;
    private Entry entry;

    private Lease(String digest, Entry entry) {
      this.digest = digest;
      this.entry = entry;
    }

    Classifier classifier() {
      return entry.classifier;
    }

    @Override
    public void close() {
      Entry returned = entry;
      entry = null;
      if (returned == null) {
        return;
      }
      synchronized (BY_DIGEST) {
        if (--returned.users > 0) {
          return;
        }
        BY_DIGEST.remove(digest);
      }
      returned.close();
    }
  }

  private static final class Entry {
    /** Guarded by {@link #BY_DIGEST}. */
    private int users;

    private volatile Classifier classifier;

    /** Under the entry's own lock, so that others with the same digest wait for the one load. */
    synchronized void load(Storage storage, Candidate candidate) throws IOException {
      if (classifier != null) {
        return;
      }
      Checkpoint checkpoint = Checkpoint.read(storage, candidate.path());
      if (!checkpoint.digest().equals(candidate.digest())) {
        throw new IOException(
            "%s changed while it was evaluated: its digest was %s and is %s; evaluate it again"
                .formatted(candidate.path(), candidate.digest(), checkpoint.digest()));
      }
      classifier = Classifier.load(checkpoint);
    }

    synchronized void close() {
      if (classifier != null) {
        classifier.close();
      }
    }
  }
}
