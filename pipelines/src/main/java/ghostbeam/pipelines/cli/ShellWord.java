package ghostbeam.pipelines.cli;

import java.util.regex.Pattern;

/** A word of a command line that is shown to be copied. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private ShellWord() {}

  /** The word so that a shell takes it as it is. */
  public static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
