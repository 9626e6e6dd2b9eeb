package ghostbeam.transforms.execution;

/** How a runner is told of a {@link PermanentFailure}, by whoever knows it; found as a service. */
public interface FailureMark {
  /** A failure that ends the job at once, with what happened as its cause. */
  RuntimeException on(Exception failure);
}
