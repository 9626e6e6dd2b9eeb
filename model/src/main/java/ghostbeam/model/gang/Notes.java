package ghostbeam.model.gang;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one rank tells the others beside the ring, in small files: that it has come, and how it
 * left. A ring only tells that somebody has gone.
 */
final class Notes {
  static final String ARRIVED = "arrived";
  static final String DONE = "done";
  static final String FAILED = "failed";
  static final String LOST = "lost";

  private static final Logger LOG = LoggerFactory.getLogger(Notes.class);
  private static final int LONGEST_NOTE = 1 << 20;

  /** Time for a failing rank to say why, once the others notice that it has gone. */
  private static final long LAST_WORDS_SECONDS = 5;

  private static final long LOOK_AGAIN_MILLIS = 100;

  private final Storage storage;
  private final Gang gang;
  private final int rank;

  Notes(Storage storage, Gang gang, int rank) {
    this.storage = storage;
    this.gang = gang;
    this.rank = rank;
  }

  /**
   * Waits until every rank has come.
   *
   * @throws IOException where some do not come, or one has failed already, or this one has been
   *     here before
   */
  void arriveWithAll() throws IOException, InterruptedException {
    if (storage.exists(path(ARRIVED))) {
      throw new IOException(
          me()
              + " was started a second time; the ranks of a gang start together, so let --restarts"
              + " start them again and not the runner");
    }
    write(ARRIVED, "");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.patienceSeconds());
    while (true) {
      if (!ranks(FAILED).isEmpty()) {
        throw new IOException(fail(new IOException(othersFailure())));
      }
      List<Integer> arrived = ranks(ARRIVED);
      if (arrived.size() == gang.size()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            fail(
                new IOException(
                    "only %d of %d ranks (%s) have started within %d s; each needs a slot of its own: let --parallelism, and the cluster's free slots, be at least %2$d"
                        .formatted(
                            arrived.size(), gang.size(), words(arrived), gang.patienceSeconds()))));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /** Leaves a note; a failure to do so is logged, since a worse one is on its way. */
  void leave(String how, String words) {
    try {
      write(how, words);
    } catch (IOException e) {
      LOG.warn("{} cannot tell the others how it ended: {}", me(), e.getMessage());
    }
  }

  /** Tells the others why this rank fails; returns the same for people. */
  String fail(Throwable cause) {
    String words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    leave(FAILED, words);
    return me() + ": " + words;
  }

  /** Why the ring broke, as far as others say or do not say. */
  IOException explain(LostRankException loss) throws InterruptedException {
    leave(LOST, loss.getMessage());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_WORDS_SECONDS);
    try {
      List<Integer> silent = silent();
      while (ranks(FAILED).isEmpty() && !silent.isEmpty() && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        silent = silent();
      }
      if (!ranks(FAILED).isEmpty()) {
        return new IOException(me() + " stopped, since " + othersFailure(), loss);
      }
      if (silent.isEmpty()) {
        return new IOException(
            "%s stopped, since the connections between all ranks broke: %s"
                .formatted(me(), loss.getMessage()),
            loss);
      }
      return new IOException(
          "%s stopped, since there is no sign of rank %s: its process has died, or it hangs, or needs a longer --rankTimeout than %d s"
              .formatted(me(), words(silent), gang.patienceSeconds()),
          loss);
    } catch (IOException e) {
      return new IOException(me() + " lost another rank, and what it says: " + e.getMessage(), e);
    }
  }

  /** Ranks that have not said that they have left. */
  private List<Integer> silent() throws IOException {
    List<Integer> silent = new ArrayList<>(IntStream.range(0, gang.size()).boxed().toList());
    silent.removeAll(ranks(FAILED));
    silent.removeAll(ranks(LOST));
    silent.removeAll(ranks(DONE));
    return silent;
  }

  private String othersFailure() throws IOException {
    Map<Integer, String> failures = new TreeMap<>();
    for (int other : ranks(FAILED)) {
      byte[] note = storage.readWhole(path(gang, other, FAILED), LONGEST_NOTE);
      failures.put(other, new String(note, StandardCharsets.UTF_8));
    }
    return failures.entrySet().stream()
        .map(failure -> "rank %d failed: %s".formatted(failure.getKey(), failure.getValue()))
        .distinct()
        .collect(Collectors.joining("; "));
  }

  /** Ranks that left a note of a kind, in order. */
  private List<Integer> ranks(String kind) throws IOException {
    List<Integer> ranks = new ArrayList<>();
    for (int other = 0; other < gang.size(); other++) {
      if (storage.exists(path(gang, other, kind))) {
        ranks.add(other);
      }
    }
    return ranks;
  }

  private static String words(List<Integer> ranks) {
    return ranks.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private String me() {
    return "rank %d of %d".formatted(rank, gang.size());
  }

  private void write(String kind, String words) throws IOException {
    storage.writeWhole(path(kind), ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8)));
  }

  private String path(String kind) {
    return path(gang, rank, kind);
  }

  static String path(Gang gang, int rank, String kind) {
    return Storage.resolve(gang.folder(), name(rank, kind));
  }

  private static String name(int rank, String kind) {
    return "rank-%04d.%s".formatted(rank, kind);
  }
}
