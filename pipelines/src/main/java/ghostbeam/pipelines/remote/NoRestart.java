package ghostbeam.pipelines.remote;

import ghostbeam.transforms.execution.FailureMark;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Tells Flink not to restart the job, whatever its restart strategy. */
public final class NoRestart implements FailureMark {
  /** Called by {@link java.util.ServiceLoader}. */
  public NoRestart() {}

  @Override
  public RuntimeException on(Exception failure) {
    return new SuppressRestartsException(failure);
  }
}
