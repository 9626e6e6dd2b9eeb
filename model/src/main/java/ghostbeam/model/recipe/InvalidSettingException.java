package ghostbeam.model.recipe;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import java.util.Optional;

/** A setting has an invalid value; the message begins with the setting's name. */
public final class InvalidSettingException extends IllegalArgumentException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  InvalidSettingException(String setting, String expectation, Object found) {
    this("%s is %s, found %s".formatted(setting, expectation, found), null);
  }

  /** With advice. */
  InvalidSettingException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }

  @SuppressWarnings("OverrideThrowableToString") // the message is for users, see Advised
  @Override
  public String toString() {
    return withRemedy(super.toString());
  }
}
