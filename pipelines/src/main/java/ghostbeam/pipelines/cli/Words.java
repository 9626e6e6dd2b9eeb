package ghostbeam.pipelines.cli;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.recipe.InvalidSettingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an exception has to say, in one line for a person. */
public final class Words {
  private Words() {}

  /**
   * The exception's message, its kind where the message alone would not be understood, and which
   * flag or command helps where it only advises what to do.
   */
  public static String oneLine(Throwable thrown) {
    String told = line(text(thrown));
    String remedy = Advice.about(thrown).map(Remedies::words).map(Words::line).orElse("");
    return remedy.isEmpty() || told.contains(remedy) ? told : told + "; " + remedy;
  }

  /**
   * Null where it is only what Java made of the cause, as in {@code new RuntimeException(cause)}.
   */
  private static String ownMessage(Throwable thrown) {
    String message = thrown.getMessage();
    return thrown.getCause() != null && thrown.getCause().toString().equals(message)
        ? null
        : message;
  }

  private static String line(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }

  private static String text(Throwable thrown) {
    String message = ownMessage(thrown);
    if (thrown instanceof NoSuchFileException) {
      return message + " does not exist";
    }
    if (thrown instanceof AccessDeniedException) {
      return message + " may not be read or written by this user";
    }
    if (thrown instanceof FileAlreadyExistsException) {
      return message + " exists already";
    }
    if (thrown instanceof InvalidSettingException) {
      return "--" + message;
    }
    if (message == null) {
      return thrown.getCause() == null
          ? thrown.getClass().getSimpleName()
          : text(thrown.getCause());
    }
    boolean forPeople =
        thrown instanceof FileSystemException
            || thrown instanceof java.io.IOException
            || thrown instanceof IllegalStateException
            || thrown instanceof IllegalArgumentException;
    return forPeople ? message : thrown.getClass().getSimpleName() + ": " + message;
  }
}
