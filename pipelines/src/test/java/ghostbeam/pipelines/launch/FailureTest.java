package ghostbeam.pipelines.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.flink.runtime.JobException;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.runtime.operators.chaining.ExceptionInChainedStubException;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;

/** What is reported of failures as Flink passes them to a client. */
final class FailureTest {

  /** An exception, such as a parser's, that holds a reference to its position. */
  private static final class Rooted extends Exception {
    private static final long serialVersionUID = 1;

    private final Object place = new Object();

    Rooted(String words) {
      super(words);
    }

    @Override
    public String getMessage() {
      return super.getMessage() + " of " + place.getClass().getSimpleName();
    }
  }

  @Test
  void saysThatSlotsWereLostHoweverFlinkWrapsIt() {
    Throwable lost =
        new RuntimeException(
            new ExecutionException(
                new JobExecutionException(
                    null,
                    "Job execution failed.",
                    new JobException(
                        "Recovery is suppressed",
                        new SerializedThrowable(
                            new CompletionException(
                                new CompletionException(
                                    new NoResourceAvailableException("Slot request timeout"))))))));

    assertEquals(
        "the cluster had too few free slots for too long; start TaskManagers, wait for other jobs"
            + " to end, or lower --parallelism (of a training, --ranks too)",
        assertThrows(IllegalStateException.class, () -> Failure.of(lost)).getMessage());
  }

  @Test
  void looksIntoAChainOfSteps() {
    assertEquals("s3://bucket: no", told(chained(new IOException("s3://bucket: no"))));
  }

  @Test
  void keepsTheMessageOfWhatCannotBeSerialised() {
    IOException failure = new IOException("s3://bucket: no", new Rooted("row 1"));
    assertEquals("s3://bucket: no", told(new SerializedThrowable(UserCodeException.wrap(failure))));
    assertEquals("s3://bucket: no", told(new SerializedThrowable(failure)));
  }

  /** A cluster marks it and sends it as bytes. */
  @Test
  void adviceOfAPermanentFailureReachesTheClient() throws Exception {
    Exception failure =
        new InvalidSourceException("x.zip has 6 images", SourceRemedy.FEWER_SHARDS.with(6));
    Exception sent = new SerializedThrowable(UserCodeException.wrap(PermanentFailure.of(failure)));
    assertEquals("x.zip has 6 images; give --shards of at most 6", told(sent));
  }

  /** Flink keeps what the chain threw neither in the message nor as a cause. */
  @Test
  void saysWhereToLookForAFailureThatWasLost() {
    assertEquals(
        "a step failed and Flink could not pass on the reason; see the log of its TaskManager",
        assertThrows(
                IllegalStateException.class,
                () ->
                    Failure.of(new SerializedThrowable(chained(new IOException(new Rooted("1"))))))
            .getMessage());
  }

  private static Exception chained(Exception failure) {
    return UserCodeException.wrap(
        new ExceptionInChainedStubException("step", UserCodeException.wrap(failure)));
  }

  private static String told(Exception failure) {
    return Failure.of(new RuntimeException(failure)).getMessage();
  }
}
