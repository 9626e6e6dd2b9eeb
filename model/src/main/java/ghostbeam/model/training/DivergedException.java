package ghostbeam.model.training;

/**
 * A training has left the finite numbers or learned nothing; from the same state it would again.
 */
public final class DivergedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  DivergedException(String message) {
    super(message);
  }
}
