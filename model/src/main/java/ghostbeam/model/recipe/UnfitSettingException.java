package ghostbeam.model.recipe;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import java.util.Optional;

/** A setting has a value that it cannot have; the message names it first, as recipes do. */
public final class UnfitSettingException extends IllegalArgumentException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  UnfitSettingException(String setting, String expectation, Object found) {
    this("%s is %s, found %s".formatted(setting, expectation, found), null);
  }

  /** The message begins with the name of a setting. */
  UnfitSettingException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }
}
