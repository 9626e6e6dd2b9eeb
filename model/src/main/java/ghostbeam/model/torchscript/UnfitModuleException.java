package ghostbeam.model.torchscript;

import java.io.IOException;

/** A file is no module that can be scored; its message says why in one line and names the file. */
public final class UnfitModuleException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What whoever asked for it could do. */
  public enum Remedy {
    /** What the message says. */
    NONE,
    /** To say what it takes. */
    INPUT,
    /** To show it images of its own size. */
    SIDE
  }

  private final Remedy remedy;

  UnfitModuleException(String message) {
    this(message, Remedy.NONE, null);
  }

  public UnfitModuleException(String message, Remedy remedy, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  public Remedy remedy() {
    return remedy;
  }
}
