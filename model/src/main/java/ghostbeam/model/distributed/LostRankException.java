package ghostbeam.model.distributed;

/**
 * Another rank has left or does not respond, so that collective operations are no longer possible.
 */
public final class LostRankException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LostRankException(String message) {
    super(message);
  }
}
