package ghostbeam.pipelines.cli;

import java.util.regex.Pattern;

/** Quotes words of command lines that are shown for copying. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private ShellWord() {}

  /** The word, quoted if a shell would otherwise change it. */
  public static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
