package ghostbeam.transforms.execution;

/** Marks a {@link PermanentFailure} in the runner's own way; found by {@code ServiceLoader}. */
public interface FailureMark {
  /** An exception, caused by the failure, that makes the runner end the job without retries. */
  RuntimeException on(Exception failure);
}
