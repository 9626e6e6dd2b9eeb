package ghostbeam.pipelines.cli;

/** A job that is done, but whose result misses a rule that it was held to; one line says which. */
public final class QualityGateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QualityGateException(String message) {
    super(message);
  }
}
