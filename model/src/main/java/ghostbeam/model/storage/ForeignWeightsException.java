package ghostbeam.model.storage;

import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;

/**
 * A file holds another framework's weights where a checkpoint or module was expected; the message
 * names the file in one line. Weights of a known network can be imported as a checkpoint.
 */
public final class ForeignWeightsException extends AdvisedException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what the rest of the message, which follows the path
   */
  public ForeignWeightsException(String path, String what) {
    super(path + " " + what, ModelRemedy.IMPORT_WEIGHTS.with(path));
  }
}
