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

/** Finds in a runner's failure the one that a step threw, whose message says what to do. */
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

  /** Flink's own failures speak of its internals. */
  private static String words(Throwable cause) {
    if (cause instanceof JobCancellationException) {
      return "the job was cancelled on the cluster";
    }
    if (cause instanceof NoResourceAvailableException) {
      return "the cluster had too few free slots for too long; start TaskManagers, wait for other"
          + " jobs to end, or lower --parallelism (of a training, --ranks too)";
    }
    if (cause instanceof FutureUtils.RetryException) {
      return "the cluster no longer answers (%s): its JobManager has died or is unreachable; run again once it is back"
          .formatted(Words.oneLine(reason(cause)));
    }
    return Words.oneLine(cause);
  }

  /** The failure of the last attempt. */
  private static Throwable reason(Throwable retried) {
    Throwable reason = retried;
    while (reason.getCause() != null
        && (reason == retried || reason instanceof CompletionException)) {
      reason = reason.getCause();
    }
    return reason;
  }

  /** The innermost failure of user code, or {@code thrown} itself if there is none. */
  private static Throwable innermostStep(Throwable thrown) {
    Throwable step = thrown;
    for (Throwable t = revive(thrown); t != null; t = causeOf(t)) {
      if (t instanceof UserCodeException) {
        step = t;
      }
    }
    return step;
  }

  /** The first of a chain that is not a wrapper of the runner's, or the last. */
  private static Throwable unwrap(Throwable step) {
    Throwable cause = revive(step);
    while (isWrapper(cause)
        && causeOf(cause) != null
        && !(cause instanceof NoResourceAvailableException)) {
      cause = causeOf(cause);
    }
    return cause;
  }

  /** A failure's cause, even where Flink does not expose it as the cause. */
  private static Throwable causeOf(Throwable t) {
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

  /** Deserialises a failure, which Flink sends in a form that survives missing classes. */
  private static Throwable revive(Throwable t) {
    if (!(t instanceof SerializedThrowable serialized)) {
      return t;
    }
    Throwable revived = serialized.deserializeError(Failure.class.getClassLoader());
    return revived instanceof SerializedThrowable lost ? substitute(lost) : revived;
  }

  /**
   * Replaces a failure that could not be deserialised: only its message is left, after its class
   * name.
   */
  private static Throwable substitute(SerializedThrowable lost) {
    String type = lost.getOriginalErrorClassName();
    String words = String.valueOf(lost.getMessage()).replaceFirst("^\\Q" + type + ": \\E", "");
    if (type.equals(ExceptionInChainedStubException.class.getName())) {
      return new IllegalStateException(
          "a step failed and Flink could not pass on the reason; see the log of its TaskManager");
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
