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
import org.apache.flink.runtime.operators.chaining.ExceptionInChainedStubException;
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
    for (Throwable t = revive(thrown); t != null; t = within(t)) {
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
        && within(cause) != null
        && !(cause instanceof NoResourceAvailableException)) {
      cause = within(cause);
    }
    return cause;
  }

  /** What a failure was caused by, also where Flink does not call it a cause. */
  private static Throwable within(Throwable t) {
    return revive(
        t instanceof ExceptionInChainedStubException chained
            ? chained.getWrappedException()
            : t.getCause());
  }

  private static boolean isWrapper(Throwable t) {
    return t instanceof UserCodeException
        || t instanceof Pipeline.PipelineExecutionException
        || t instanceof FlinkException
        || t instanceof SuppressRestartsException
        || t instanceof ProgramInvocationException
        || t instanceof ExecutionException
        || t instanceof CompletionException
        || t instanceof ExceptionInChainedStubException
        || t instanceof UncheckedIOException
        || t.getClass() == RuntimeException.class
        || t.getClass() == Exception.class;
  }

  /** Flink sends failures in a form that survives classes missing at the other end. */
  private static Throwable revive(Throwable t) {
    if (!(t instanceof SerializedThrowable serialized)) {
      return t;
    }
    Throwable revived = serialized.deserializeError(Failure.class.getClassLoader());
    return revived instanceof SerializedThrowable lost ? likeness(lost) : revived;
  }

  /** Of what could not be serialised there are the words, behind its class's name. */
  private static Throwable likeness(SerializedThrowable lost) {
    String type = lost.getOriginalErrorClassName();
    String words = String.valueOf(lost.getMessage()).replaceFirst("^\\Q" + type + ": \\E", "");
    if (type.equals(ExceptionInChainedStubException.class.getName())) {
      return new IllegalStateException(
          "a step failed and Flink could not pass on why; the log of its TaskManager says it");
    }
    if (type.equals(UserCodeException.class.getName()) && lost.getCause() != null) {
      return UserCodeException.wrap(revive(lost.getCause()));
    }
    return isIo(type)
        ? new IOException(words, lost.getCause())
        : new RuntimeException(words, lost.getCause());
  }

  private static boolean isIo(String type) {
    try {
      return IOException.class.isAssignableFrom(
          Class.forName(type, false, Failure.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
