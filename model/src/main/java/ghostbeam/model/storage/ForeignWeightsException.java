package ghostbeam.model.storage;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import ghostbeam.model.failure.ModelRemedy;
import java.io.IOException;
import java.util.Optional;

/**
 * A file holds another framework's weights where a checkpoint or module was expected; the message
 * names the file in one line. Weights of a known network can be imported as a checkpoint.
 */
public final class ForeignWeightsException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * @param what the rest of the message, which follows the path
   */
  public ForeignWeightsException(String path, String what) {
    super(path + " " + what);
    this.path = path;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.of(ModelRemedy.IMPORT_WEIGHTS.with(path));
  }
}
