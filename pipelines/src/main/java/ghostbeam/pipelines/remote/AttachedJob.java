package ghostbeam.pipelines.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
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

  private Timer heartbeat;
  private Thread atExit;

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
            beat(job);
          }
        },
        0,
        RemoteRun.HEARTBEAT_MS);
    atExit = new Thread(() -> cancel(job), "ghostbeam-cancel");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Which cluster hears of jobs from now on; Flink makes listeners by their name alone. */
  static void reportTo(Address address, Configuration configuration) {
    RemoteCluster before = reportedTo;
    reportedTo = RemoteCluster.at(address, configuration);
    if (before != null) {
      before.close();
    }
  }

  private static void beat(JobClient job) {
    try {
      reportedTo.reportAlive(
          job.getJobID(), System.currentTimeMillis() + RemoteRun.HEARTBEAT_TIMEOUT_MS);
    } catch (IOException | RuntimeException e) {
      LOG.warn("no heartbeat of job {}: {}", job.getJobID(), e.getMessage());
    }
  }

  /** Ends the job and waits until its tasks have ended, for they write what this process locks. */
  private static void cancel(JobClient job) {
    long deadline = System.nanoTime() + LONGEST_END.toNanos();
    try {
      job.cancel().get(LONGEST_END.toSeconds(), TimeUnit.SECONDS);
      while (System.nanoTime() < deadline
          && !job.getJobStatus()
              .get(LONGEST_END.toSeconds(), TimeUnit.SECONDS)
              .isGloballyTerminalState()) {
        Thread.sleep(POLL_MS);
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("job {} could not be cancelled; it ends by itself in half a minute", job.getJobID());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onJobExecuted(JobExecutionResult result, Throwable failure) {
    if (heartbeat == null) {
      return;
    }
    heartbeat.cancel();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // This process ends already.
    }
  }
}
