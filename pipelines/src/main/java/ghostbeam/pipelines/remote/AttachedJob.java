package ghostbeam.pipelines.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties a job to this process: tells the cluster that its client lives, and cancels the job when
 * this process is told to end. Flink makes one for each pipeline, by its name.
 */
public final class AttachedJob implements JobListener {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Cluster");
  private static final Duration LONGEST_END = Duration.ofSeconds(20);
  private static final long POLL_MS = 100;

  private static volatile RemoteCluster reportedTo;

  /** Of the job that is on its way or runs; its id is not known before it runs. */
  private static volatile String expected;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AttachedJob::cancel, "ghostbeam-cancel"));
  }

  private Timer heartbeat;

  /** What the last heartbeat failed with, told once however long it lasts; empty if it did not. */
  private String trouble = "";

  /** For Flink. */
  public AttachedJob() {}

  @Override
  public void onJobSubmitted(JobClient job, Throwable failure) {
    if (job == null) {
      return;
    }
    LOG.info("job {} runs on the cluster", job.getJobID());
    heartbeat = new Timer("ghostbeam-heartbeat", true);
    heartbeat.schedule(
        new TimerTask() {
          @Override
          public void run() {
            beat(job.getJobID());
          }
        },
        0,
        RemoteRun.HEARTBEAT_MS);
  }

  /** Which cluster hears of jobs from now on; Flink makes listeners by their name alone. */
  static void reportTo(Address address, Configuration configuration) {
    RemoteCluster before = reportedTo;
    reportedTo = RemoteCluster.at(address, configuration);
    if (before != null) {
      before.close();
    }
  }

  void beat(JobID job) {
    try {
      reportedTo.reportAlive(job, RemoteRun.HEARTBEAT_TIMEOUT_MS);
      if (!trouble.isEmpty()) {
        LOG.info("the cluster hears again of job {}", job);
      }
      trouble = "";
    } catch (IOException | RuntimeException e) {
      String words = String.valueOf(e.getMessage());
      if (!words.equals(trouble)) {
        LOG.warn("no heartbeat of job {}: {}", job, words);
      }
      trouble = words;
    }
  }

  /**
   * Elements that the sources of the job that runs have handed out by now; 0 where none runs.
   *
   * @throws IOException where the cluster does not answer
   */
  public static long handedOut() throws IOException {
    String name = expected;
    Optional<String> job = name == null ? Optional.empty() : reportedTo.running(name);
    return job.isPresent() ? reportedTo.handedOut(job.get()) : 0;
  }

  /** From now on a job of this name is ended when this process is. */
  static void expect(String name) {
    expected = name;
  }

  /** Ends the job and waits until its tasks have ended, for they write what this process locks. */
  private static void cancel() {
    String name = expected;
    if (name == null) {
      return;
    }
    long deadline = System.nanoTime() + LONGEST_END.toNanos();
    try {
      Optional<String> job = reportedTo.running(name);
      if (job.isPresent()) {
        reportedTo.cancel(job.get());
      }
      while (job.isPresent() && System.nanoTime() < deadline) {
        Thread.sleep(POLL_MS);
        job = reportedTo.running(name);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("'{}' could not be cancelled; it ends by itself in half a minute", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onJobExecuted(JobExecutionResult result, Throwable failure) {
    expected = null;
    if (heartbeat != null) {
      heartbeat.cancel();
    }
  }
}
