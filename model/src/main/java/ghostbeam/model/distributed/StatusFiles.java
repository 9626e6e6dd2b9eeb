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
 * Small files by which each rank tells the others that it has started and how it ended: the ring
 * itself only shows that a connection broke.
 */
record StatusFiles(Storage storage, Gang gang, int rank) {
  /** A rank's states; it has a file for each that it has reached. */
  enum Status {
    /** It has started. Content: its address. */
    ARRIVED,
    /** It has finished. */
    DONE,
    /** It failed. Content: why, as {@link Reason#toJson}. */
    FAILED,
    /** It stopped because another rank was lost. Content: how it noticed, as of FAILED. */
    LOST;

    /** The final states. */
    static final List<Status> ENDS = List.of(DONE, FAILED, LOST);
  }

  private static final Logger LOG = LoggerFactory.getLogger(StatusFiles.class);
  private static final int MAX_FILE_BYTES = 1 << 20;

  /** How long the others wait for a lost rank to report why it failed. */
  private static final int REPORT_SECONDS = 5;

  /**
   * Checks that this rank has not been started before.
   *
   * @throws IOException where it has: the others have moved on or given up
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

  /** Publishes this rank's address. */
  void arrive(String address) throws IOException {
    write(Status.ARRIVED, address);
  }

  /**
   * Waits until every rank has arrived; returns their addresses, by rank.
   *
   * @throws IOException where some do not arrive in time
   * @throws LostRankException where one has already failed
   */
  List<String> awaitAll() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.timeoutSeconds());
    Backoff backoff = new Backoff();
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
                .formatted(arrived.size(), gang.size(), words(arrived), gang.timeoutSeconds()),
            ModelRemedy.SLOT_FOR_EACH_RANK.with(gang.size()));
      }
      backoff.pause();
    }
  }

  /** Throws where another rank has failed, so that this one does not wait for it. */
  void requireNoFailure() throws IOException {
    if (!ranks(Status.FAILED).isEmpty()) {
      throw new LostRankException("another rank failed before all had met");
    }
  }

  /**
   * Records how this rank ended. A failure to do so is only logged, so as not to hide the original
   * one.
   */
  void end(Status end, String words) {
    try {
      write(end, words);
    } catch (IOException e) {
      LOG.warn("{} cannot tell the others how it ended: {}", me(), e.getMessage());
    }
  }

  /** Records why this rank failed and returns the message to report. */
  String fail(Throwable cause) {
    Reason reason = Reason.of(cause);
    end(Status.FAILED, reason.toJson());
    return me() + ": " + reason.words();
  }

  /** Why the ring broke, as far as the other ranks' files tell. */
  IOException explain(LostRankException loss) throws InterruptedException {
    Reason own = Reason.of(loss);
    end(Status.LOST, own.toJson());
    long end =
        System.nanoTime()
            + TimeUnit.SECONDS.toNanos(Math.min(REPORT_SECONDS, gang.timeoutSeconds()));
    Backoff backoff = new Backoff();
    try {
      List<Integer> silent = silent();
      while (ranks(Status.FAILED).isEmpty() && !silent.isEmpty() && System.nanoTime() < end) {
        backoff.pause();
        silent = silent();
      }
      if (!ranks(Status.FAILED).isEmpty()) {
        Reason others = othersFailure();
        return new AdvisedException(
            me() + " stopped, since " + others.words(), others.advice(), loss);
      }
      if (silent.isEmpty()) {
        Reason first = own.advice().isPresent() ? own : advised(reasons(Status.LOST)).orElse(own);
        return new AdvisedException(
            "%s stopped, since the connections between all ranks broke: %s"
                .formatted(me(), first.words()),
            first.advice(),
            loss);
      }
      return new AdvisedException(
          "%s stopped, since there is no sign of rank %s: its process has died, or it hangs"
              .formatted(me(), words(silent)),
          Optional.of(ModelRemedy.LONGER_TIMEOUT.with(gang.timeoutSeconds())),
          loss);
    } catch (IOException e) {
      return new IOException(
          me() + " lost another rank, and cannot read why: " + e.getMessage(), e);
    }
  }

  /** Ranks that have not recorded an end. */
  private List<Integer> silent() throws IOException {
    List<Integer> silent = new ArrayList<>(IntStream.range(0, gang.size()).boxed().toList());
    for (Status end : Status.ENDS) {
      silent.removeAll(ranks(end));
    }
    return silent;
  }

  /** Why ranks ended in this status, by rank. */
  private Map<Integer, Reason> reasons(Status status) throws IOException {
    Map<Integer, Reason> reasons = new TreeMap<>();
    for (int other : ranks(status)) {
      reasons.put(other, Reason.parse(read(other, status)));
    }
    return reasons;
  }

  private Reason othersFailure() throws IOException {
    Map<Integer, Reason> failures = reasons(Status.FAILED);
    String words =
        failures.entrySet().stream()
            .map(
                failure ->
                    "rank %d failed: %s".formatted(failure.getKey(), failure.getValue().words()))
            .collect(Collectors.joining("; "));
    return new Reason(words, advised(failures).flatMap(Reason::advice));
  }

  /** The first reason with advice: the other ranks may only have followed that one. */
  private static Optional<Reason> advised(Map<Integer, Reason> reasons) {
    return reasons.values().stream().filter(reason -> reason.advice().isPresent()).findFirst();
  }

  /** Ranks that have reached a status, in order. */
  private List<Integer> ranks(Status status) throws IOException {
    List<Integer> ranks = new ArrayList<>();
    for (int other = 0; other < gang.size(); other++) {
      // Not by listing the folder, which may fail on a file that is being renamed.
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
    byte[] file = storage.readWhole(path(gang, other, status), MAX_FILE_BYTES);
    return new String(file, StandardCharsets.UTF_8);
  }

  static String path(Gang gang, int rank, Status status) {
    String kind = status.name().toLowerCase(Locale.ROOT);
    return Storage.resolve(gang.folder(), String.format(Locale.ROOT, "rank-%04d.%s", rank, kind));
  }
}
