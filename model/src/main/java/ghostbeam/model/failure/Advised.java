package ghostbeam.model.failure;

import java.util.Optional;

/**
 * A failure that may know what its caller could do about it. Its message states only what happened.
 * Its {@code toString}, which stack traces, logs and a runner's web page show, also names the
 * remedy, since nobody who knows the flags is there to put it into words.
 */
public interface Advised {
  Optional<Advice> advice();

  /**
   * What {@code toString} returns.
   *
   * @param plain the failure's class and message
   */
  default String withRemedy(String plain) {
    return advice().map(advice -> "%s (remedy: %s)".formatted(plain, advice)).orElse(plain);
  }
}
