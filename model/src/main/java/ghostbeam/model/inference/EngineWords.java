package ghostbeam.model.inference;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PyTorch's failures, which are pages of traces, in one line. */
final class EngineWords {
  private static final int LONGEST = 400;

  /** What ends a trace of the interpreter: {@code RuntimeError: shape '[1, 8]' is invalid …}. */
  private static final Pattern RAISED =
      Pattern.compile("(?m)^(?:[\\w.]+\\.)?(?:\\w*Error|\\w*Exception): (.+)$");

  private EngineWords() {}

  static String of(Throwable failure) {
    String said = failure.getMessage();
    String all = said == null || said.isBlank() ? failure.getClass().getSimpleName() : said;
    Matcher raised = RAISED.matcher(all);
    String words = null;
    while (raised.find()) {
      words = raised.group(1);
    }
    if (words == null) {
      words = all.lines().filter(line -> !line.isBlank()).findFirst().orElse(all);
    }
    String plain = words.strip().replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "…";
  }
}
