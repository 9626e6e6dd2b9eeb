package ghostbeam.model.inference;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One-line summaries of PyTorch's failures, whose messages are pages of traces. */
final class EngineMessages {
  private static final int MAX_LENGTH = 400;

  /** The end of an interpreter's trace: {@code RuntimeError: shape '[1, 8]' is invalid …}. */
  private static final Pattern RAISED =
      Pattern.compile("(?m)^(?:[\\w.]+\\.)?(?:\\w*Error|\\w*Exception): (.+)$");

  private EngineMessages() {}

  static String of(Throwable failure) {
    String message = failure.getMessage();
    String all =
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    Matcher raised = RAISED.matcher(all);
    String words = null;
    while (raised.find()) {
      words = raised.group(1);
    }
    if (words == null) {
      words = all.lines().filter(line -> !line.isBlank()).findFirst().orElse(all);
    }
    String plain = words.strip().replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= MAX_LENGTH ? plain : plain.substring(0, MAX_LENGTH) + "…";
  }
}
