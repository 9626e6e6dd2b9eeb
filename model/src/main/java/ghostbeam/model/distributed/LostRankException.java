package ghostbeam.model.distributed;

/** Another rank has gone or gives no sign, so that nothing can be done together any more. */
public final class LostRankException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LostRankException(String message) {
    super(message);
  }
}
