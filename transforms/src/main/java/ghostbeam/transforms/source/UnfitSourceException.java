package ghostbeam.transforms.source;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import java.io.IOException;
import java.util.Optional;

/** A source that was read, but of whose content no dataset can be made; says which and why. */
public final class UnfitSourceException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  /** Says which source, what of it, and what to do with it. */
  public UnfitSourceException(String message) {
    this(message, null);
  }

  /** Says which source and what of it, and apart from it what to ask for instead. */
  public UnfitSourceException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }
}
