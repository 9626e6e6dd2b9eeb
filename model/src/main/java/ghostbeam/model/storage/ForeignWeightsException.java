package ghostbeam.model.storage;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import ghostbeam.model.failure.ModelRemedy;
import java.io.IOException;
import java.util.Optional;

/**
 * A file holds weights as others write them, where a checkpoint or module was asked for; its
 * message says so in one line and names the file. If they are a known network's, a checkpoint can
 * be made of them.
 */
public final class ForeignWeightsException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * @param what it is, to be read after its path
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
