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
 * Ties a job to this process: sends client heartbeats to the cluster and cancels the job when this
 * process is shut down. Flink instantiates one for each pipeline, by class name.
 */
public final class AttachedJob implements JobListener {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Cluster");
  private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(20);
  private static final long POLL_MS = 100;

  private static volatile RemoteCluster reportedTo;

  /** Name of the job that is submitted or running; its id is not known before it runs. */
  private static volatile String jobName;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AttachedJob::cancel, "ghostbeam-cancel"));
  }

  private Timer heartbeat;

  /**
   * Message of the last failed heartbeat, logged once however often it repeats; empty if the last
   * succeeded.
   */
  private String lastFailure = "";

  /** Called by Flink. */
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

  /**
   * Sets the cluster that jobs report to; static, since Flink creates listeners without arguments.
   */
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
      if (!lastFailure.isEmpty()) {
        LOG.info("heartbeats of job {} reach the cluster again", job);
      }
      lastFailure = "";
    } catch (IOException | RuntimeException e) {
      String words = String.valueOf(e.getMessage());
      if (!words.equals(lastFailure)) {
        LOG.warn("heartbeat of job {} failed: {}", job, words);
      }
      lastFailure = words;
    }
  }

  /**
   * Elements that the running job's sources have emitted so far; 0 if no job is running.
   *
   * @throws IOException if the cluster does not answer
   */
  public static long emittedElements() throws IOException {
    String name = jobName;
    Optional<String> job = name == null ? Optional.empty() : reportedTo.running(name);
    return job.isPresent() ? reportedTo.emittedElements(job.get()) : 0;
  }

  /** Sets the name of the job to cancel when this process ends. */
  static void expect(String name) {
    jobName = name;
  }

  /**
   * Cancels the job and waits for its tasks to end, since they write to outputs that this process
   * has locked.
   */
  private static void cancel() {
    String name = jobName;
    if (name == null) {
      return;
    }
    long deadline = System.nanoTime() + CANCEL_TIMEOUT.toNanos();
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
    jobName = null;
    if (heartbeat != null) {
      heartbeat.cancel();
    }
  }
}
