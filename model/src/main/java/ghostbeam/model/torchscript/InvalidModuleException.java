package ghostbeam.model.torchscript;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import java.io.IOException;
import java.util.Optional;

/** A file is not a module that can be scored; the one-line message names the file and says why. */
public final class InvalidModuleException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  InvalidModuleException(String message) {
    super(message);
    this.advice = null;
  }

  public InvalidModuleException(String message, Advice advice, Throwable cause) {
    super(message, cause);
    this.advice = advice;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }
}
