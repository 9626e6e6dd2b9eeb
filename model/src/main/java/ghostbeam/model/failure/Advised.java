package ghostbeam.model.failure;

import java.util.Optional;

/** A failure that may know a remedy, which its message leaves out: callers put it in their own terms. */
public interface Advised {
  Optional<Advice> advice();
}
