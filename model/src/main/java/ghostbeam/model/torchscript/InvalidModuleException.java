package ghostbeam.model.torchscript;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.AdvisedException;
import java.util.Optional;

/** A file is not a module that can be scored; the one-line message names the file and says why. */
public final class InvalidModuleException extends AdvisedException {
  private static final long serialVersionUID = 1L;

  InvalidModuleException(String message) {
    super(message, null);
  }

  public InvalidModuleException(String message, Advice advice, Throwable cause) {
    super(message, Optional.of(advice), cause);
  }
}
