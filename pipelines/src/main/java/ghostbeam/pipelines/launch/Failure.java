package ghostbeam.pipelines.launch;

import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.util.FlinkException;
import org.apache.flink.util.SerializedThrowable;
import org.apache.flink.util.concurrent.FutureUtils;

/** Finds in a runner's failure the one that a step threw, which says what to do. */
final class Failure {
  private Failure() {}

  /**
   * Throws an unchecked cause or returns a checked one, in both cases with a one-line message.
   *
   * @return the failure as an IOException, for the caller to throw
   * @throws UsageException if a step threw one
   * @throws IllegalStateException if the cause is neither that nor an IOException
   */
  static IOException of(Throwable thrown) {
    Throwable cause = unwrap(innermostStep(thrown));
    if (cause instanceof UsageException usage) {
      throw usage;
    }
    if (cause instanceof IOException) {
      return new IOException(Words.oneLine(cause), thrown);
    }
    throw new IllegalStateException(words(cause), thrown);
  }

  /** Flink's own failures speak of its inside. */
  private static String words(Throwable cause) {
    if (cause instanceof JobCancellationException) {
      return "the job was cancelled on the cluster";
    }
    if (cause instanceof NoResourceAvailableException) {
      return "the cluster had too few free slots for too long; start TaskManagers, wait for other"
          + " jobs to end, or lower --parallelism";
    }
    if (cause instanceof FutureUtils.RetryException) {
      return "the cluster answers no more (%s), its JobManager has died or is out of reach; run again once it is back"
          .formatted(Words.oneLine(reason(cause)));
    }
    return Words.oneLine(cause);
  }

  /** What the last of many attempts failed with. */
  private static Throwable reason(Throwable retried) {
    Throwable reason = retried;
    while (reason.getCause() != null
        && (reason == retried || reason instanceof CompletionException)) {
      reason = reason.getCause();
    }
    return reason;
  }

  /** The innermost failure of user code; what was thrown itself where there is none. */
  private static Throwable innermostStep(Throwable thrown) {
    Throwable step = thrown;
    for (Throwable t = revive(thrown); t != null; t = revive(t.getCause())) {
      if (t instanceof UserCodeException) {
        step = t;
      }
    }
    return step;
  }

  /** The first of a chain that is no wrapper of the runner's, or the chain's end. */
  private static Throwable unwrap(Throwable step) {
    Throwable cause = revive(step);
    while (isWrapper(cause)
        && cause.getCause() != null
        && !(cause instanceof NoResourceAvailableException)) {
      cause = revive(cause.getCause());
    }
    return cause;
  }

  private static boolean isWrapper(Throwable t) {
    return t instanceof UserCodeException
        || t instanceof Pipeline.PipelineExecutionException
        || t instanceof FlinkException
        || t instanceof SuppressRestartsException
        || t instanceof ProgramInvocationException
        || t instanceof ExecutionException
        || t instanceof UncheckedIOException
        || t.getClass() == RuntimeException.class
        || t.getClass() == Exception.class;
  }

  /** Flink sends failures in a form that survives classes missing at the other end. */
  private static Throwable revive(Throwable t) {
    return t instanceof SerializedThrowable serialized
        ? serialized.deserializeError(Failure.class.getClassLoader())
        : t;
  }
}
