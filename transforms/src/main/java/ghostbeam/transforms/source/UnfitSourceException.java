package ghostbeam.transforms.source;

import java.io.IOException;

/** A source that was read, but of whose content no dataset can be made; says which and why. */
public final class UnfitSourceException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says which source, what of it, and what to do. */
  public UnfitSourceException(String message) {
    super(message);
  }
}
