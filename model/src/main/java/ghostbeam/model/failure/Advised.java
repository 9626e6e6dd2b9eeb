package ghostbeam.model.failure;

import java.util.Optional;

/** A failure that may know what its caller could choose otherwise; its message does not say it. */
public interface Advised {
  Optional<Advice> advice();
}
