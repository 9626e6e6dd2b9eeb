package ghostbeam.model.storage;

import java.io.IOException;

/**
 * A file holds weights as others write them, where a checkpoint or module was asked for; its
 * message says so in one line and names the file. If they are a known network's, a checkpoint can
 * be made of them.
 */
public final class ForeignWeightsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * @param what it is, to be read after its path
   */
  public ForeignWeightsException(String path, String what) {
    super(path + " " + what);
    this.path = path;
  }

  /** The file. */
  public String path() {
    return path;
  }
}
