package ghostbeam.model.failure;

import java.io.Serializable;

/**
 * Something that a caller can choose otherwise so that what failed works. What the choice is called
 * where the caller makes it, such as a flag, only the caller knows.
 */
public interface Remedy extends Serializable {

  /** What it is called in code. */
  String name();

  /** How many facts go with it, such as the value that would work. */
  int facts();

  /** Advice to do this. */
  default Advice with(Object... facts) {
    return Advice.of(this, facts);
  }
}
