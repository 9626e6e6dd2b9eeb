package ghostbeam.model.failure;

import java.io.Serializable;

/**
 * What a caller can change so that what failed works. Only the caller knows what that choice is called where it is made, such as the name of a flag.
 */
public interface Remedy extends Serializable {

  /** The constant's name. */
  String name();

  /** How many facts it takes, such as the value that would work. */
  int facts();

  /** Advice to apply this remedy. */
  default Advice with(Object... facts) {
    return Advice.of(this, facts);
  }
}
