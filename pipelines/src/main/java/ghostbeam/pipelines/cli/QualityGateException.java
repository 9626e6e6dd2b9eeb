package ghostbeam.pipelines.cli;

/** A finished job whose result fails a quality gate; the message is one line that says which. */
public final class QualityGateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QualityGateException(String message) {
    super(message);
  }
}
