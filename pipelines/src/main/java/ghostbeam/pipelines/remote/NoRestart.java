package ghostbeam.pipelines.remote;

import ghostbeam.transforms.execution.FailureMark;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Tells Flink, whatever its restart strategy, that another attempt is of no use. */
public final class NoRestart implements FailureMark {
  /** Found as a service. */
  public NoRestart() {}

  @Override
  public RuntimeException on(Exception failure) {
    return new SuppressRestartsException(failure);
  }
}
