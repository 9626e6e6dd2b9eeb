package ghostbeam.pipelines.stores;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * What a store's answer means for a person, in one line without the path.
 *
 * @param status the answer's HTTP status, or 0 where there was no answer
 * @param words the store's own
 * @param credentials what to do about missing or refused credentials
 */
record Refusal(int status, String words, String credentials, Throwable cause) {
  private static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  static final int PRECONDITION_FAILED = 412;
  static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;

  /** The failure of an operation on an object. */
  IOException onObject(String path) {
    if (status == NOT_FOUND && !isOfBucket() && !isOfUpload()) {
      NoSuchFileException missing = new NoSuchFileException(path);
      missing.initCause(cause);
      return missing;
    }
    return general();
  }

  /** The failure of an operation on a bucket, such as a listing. */
  IOException general() {
    return new IOException(
        text().orElse(status == 0 ? words : brief() + " (" + status + ")"), cause);
  }

  static IOException changed(Throwable cause) {
    return new IOException(
        "changed after it was listed; let nothing write to it and run again", cause);
  }

  private Optional<String> text() {
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN ->
          Optional.of(credentials + " (" + status + ": " + brief() + ")");
      case NOT_FOUND ->
          Optional.of(
              isOfUpload()
                  ? "the store has lost what was sent of it; run again"
                  : "its bucket does not exist; create it or correct the path");
      case PRECONDITION_FAILED -> Optional.of(changed(cause).getMessage());
      case TOO_MANY_REQUESTS, 500, 502, 503, 504 ->
          Optional.of(
              "the store still answers "
                  + status
                  + " ("
                  + brief()
                  + ") after many tries; run again");
      default ->
          // Java's message is the host's name and no more.
          unknownHost()
              .map(
                  host ->
                      "this machine knows no address of the store's host "
                          + host
                          + "; check the network, its proxy and the endpoint");
    };
  }

  /** The first line; Google's client puts request and answer below it, and the status before. */
  private String brief() {
    String line = words.lines().findFirst().orElse("");
    return line.startsWith(status + " ") ? line.substring(line.indexOf(' ') + 1) : line;
  }

  private Optional<String> unknownHost() {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof UnknownHostException) {
        return Optional.ofNullable(each.getMessage());
      }
    }
    return Optional.empty();
  }

  private boolean isOfUpload() {
    return words.contains("NoSuchUpload");
  }

  private boolean isOfBucket() {
    return words.contains("bucket does not exist") || words.contains("NoSuchBucket");
  }
}
