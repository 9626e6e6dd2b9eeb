package ghostbeam.model.distributed;

import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one rank tells the others beside the ring, in small files: that it has started, and how it
 * ended. A ring only tells that somebody has gone.
 */
record StatusFiles(Storage storage, Gang gang, int rank) {
  /** How a rank fares: it has a file for each of these that has come true. */
  enum Status {
    /** It has started; where to find it. */
    ARRIVED,
    /** Its work is done. */
    DONE,
    /** It failed by itself; why, as {@link Reason#toJson}. */
    FAILED,
    /** It stopped since another was gone; how it noticed. */
    LOST;

    /** Those after which a rank does nothing more. */
    static final List<Status> ENDS = List.of(DONE, FAILED, LOST);
  }

  private static final Logger LOG = LoggerFactory.getLogger(StatusFiles.class);
  private static final int LARGEST_FILE = 1 << 20;

  /** Most time for a failing rank to say why, once the others notice that it has gone. */
  private static final int FAILURE_FILE_SECONDS = 5;

  /**
   * Checks that this rank has not been here before.
   *
   * @throws IOException where it has, since the others have gone on or given up
   */
  void requireFirstStart() throws IOException {
    if (storage.exists(path(gang, rank, Status.ARRIVED))) {
      throw new AdvisedException(
          me()
              + " was started a second time, as the runner does once a worker is lost or a rank has"
              + " failed; the ranks of a gang start together",
          ModelRemedy.RESTARTS.with());
    }
  }

  /** Tells the others where to find this rank. */
  void arrive(String address) throws IOException {
    write(Status.ARRIVED, address);
  }

  /**
   * Waits until every rank has come; returns where to find them, by rank.
   *
   * @throws IOException where some do not come
   * @throws LostRankException where one has failed already
   */
  List<String> awaitAll() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.patienceSeconds());
    Pauses pauses = new Pauses();
    while (true) {
      requireNoFailure();
      List<Integer> arrived = ranks(Status.ARRIVED);
      if (arrived.size() == gang.size()) {
        List<String> addresses = new ArrayList<>();
        for (int other : arrived) {
          addresses.add(read(other, Status.ARRIVED));
        }
        return addresses;
      }
      if (System.nanoTime() > end) {
        throw new AdvisedException(
            "only %d of %d ranks (%s) have started within %d s; each needs a slot of its own"
                .formatted(arrived.size(), gang.size(), words(arrived), gang.patienceSeconds()),
            ModelRemedy.MORE_WORKERS.with(gang.size()));
      }
      pauses.pause();
    }
  }

  /** Throws where another rank has failed, so that no rank waits for it. */
  void requireNoFailure() throws IOException {
    if (!ranks(Status.FAILED).isEmpty()) {
      throw new LostRankException("another rank failed before all had met");
    }
  }

  /** Says how this rank ended; a failure to do so is logged, since a worse one is on its way. */
  void end(Status end, String words) {
    try {
      write(end, words);
    } catch (IOException e) {
      LOG.warn("{} cannot tell the others how it ended: {}", me(), e.getMessage());
    }
  }

  /** Tells the others why this rank fails; returns the same for people. */
  String fail(Throwable cause) {
    Reason reason = Reason.of(cause);
    end(Status.FAILED, reason.toJson());
    return me() + ": " + reason.words();
  }

  /** Why the ring broke, as far as others say or do not say. */
  IOException explain(LostRankException loss) throws InterruptedException {
    end(Status.LOST, loss.getMessage());
    long end =
        System.nanoTime()
            + TimeUnit.SECONDS.toNanos(Math.min(FAILURE_FILE_SECONDS, gang.patienceSeconds()));
    Pauses pauses = new Pauses();
    try {
      List<Integer> silent = silent();
      while (ranks(Status.FAILED).isEmpty() && !silent.isEmpty() && System.nanoTime() < end) {
        pauses.pause();
        silent = silent();
      }
      if (!ranks(Status.FAILED).isEmpty()) {
        Reason others = othersFailure();
        return new AdvisedException(
            me() + " stopped, since " + others.words(), others.advice(), loss);
      }
      if (silent.isEmpty()) {
        return new IOException(
            "%s stopped, since the connections between all ranks broke: %s"
                .formatted(me(), loss.getMessage()),
            loss);
      }
      return new AdvisedException(
          "%s stopped, since there is no sign of rank %s: its process has died, or it hangs"
              .formatted(me(), words(silent)),
          Optional.of(ModelRemedy.MORE_PATIENCE.with(gang.patienceSeconds())),
          loss);
    } catch (IOException e) {
      return new IOException(me() + " lost another rank, and what it says: " + e.getMessage(), e);
    }
  }

  /** Ranks that have not said that they have left. */
  private List<Integer> silent() throws IOException {
    List<Integer> silent = new ArrayList<>(IntStream.range(0, gang.size()).boxed().toList());
    for (Status end : Status.ENDS) {
      silent.removeAll(ranks(end));
    }
    return silent;
  }

  private Reason othersFailure() throws IOException {
    Map<Integer, Reason> failures = new TreeMap<>();
    for (int other : ranks(Status.FAILED)) {
      failures.put(other, Reason.parse(read(other, Status.FAILED)));
    }
    String words =
        failures.entrySet().stream()
            .map(
                failure ->
                    "rank %d failed: %s".formatted(failure.getKey(), failure.getValue().words()))
            .collect(Collectors.joining("; "));
    return new Reason(
        words, failures.values().stream().flatMap(reason -> reason.advice().stream()).findFirst());
  }

  /** Ranks that have a status, in order. */
  private List<Integer> ranks(Status status) throws IOException {
    List<Integer> ranks = new ArrayList<>();
    for (int other = 0; other < gang.size(); other++) {
      // Not by a list of the folder, which may fail over a file that is renamed meanwhile.
      if (storage.exists(path(gang, other, status))) {
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

  private void write(Status status, String words) throws IOException {
    byte[] file = words.getBytes(StandardCharsets.UTF_8);
    storage.writeWhole(path(gang, rank, status), ByteBuffer.wrap(file));
  }

  private String read(int other, Status status) throws IOException {
    byte[] file = storage.readWhole(path(gang, other, status), LARGEST_FILE);
    return new String(file, StandardCharsets.UTF_8);
  }

  static String path(Gang gang, int rank, Status status) {
    String kind = status.name().toLowerCase(Locale.ROOT);
    return Storage.resolve(gang.folder(), String.format(Locale.ROOT, "rank-%04d.%s", rank, kind));
  }
}
