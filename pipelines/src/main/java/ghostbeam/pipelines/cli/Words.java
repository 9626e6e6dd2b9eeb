package ghostbeam.pipelines.cli;

import ghostbeam.model.storage.ForeignWeightsException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an exception has to say, in one line for a person. */
public final class Words {
  private Words() {}

  /**
   * The exception's message; its kind, too, where the message alone would not be understood, and
   * the command that helps where the model only knows what is the matter.
   */
  public static String oneLine(Throwable thrown) {
    return text(thrown).strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }

  private static String text(Throwable thrown) {
    String message = thrown.getMessage();
    if (thrown instanceof NoSuchFileException) {
      return message + " does not exist";
    }
    if (thrown instanceof AccessDeniedException) {
      return message + " may not be read or written by this user";
    }
    if (thrown instanceof FileAlreadyExistsException) {
      return message + " exists already";
    }
    if (thrown instanceof ForeignWeightsException foreign) {
      return "%s; of the weights of a known network this makes a checkpoint: ./run import --from=%s --preset=PRESET --to=NAME.safetensors"
          .formatted(message, foreign.path());
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
