package ghostbeam.pipelines.stores;

import ghostbeam.transforms.execution.SerializableFailure;
import ghostbeam.transforms.storage.RangedChannel;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * A store's error, explained in one line without the path.
 *
 * @param status HTTP status of the response, or 0 if there was none
 * @param words the store's own message
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
      missing.initCause(SerializableFailure.of(cause));
      return missing;
    }
    return general();
  }

  /** The failure of an operation on a bucket, such as a listing. */
  IOException general() {
    return new IOException(
        text().orElse(status == 0 ? words : brief() + " (" + status + ")"),
        SerializableFailure.of(cause));
  }

  /** The same, with the path in front. */
  IOException named(String path) {
    IOException told = general();
    return new IOException(path + ": " + told.getMessage(), told.getCause());
  }

  private Optional<String> text() {
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN ->
          Optional.of(credentials + " (" + status + ": " + brief() + ")");
      case NOT_FOUND ->
          Optional.of(
              isOfUpload()
                  ? "the store has lost the upload; run again"
                  : "its bucket does not exist; create it or correct the path");
      case PRECONDITION_FAILED -> Optional.of(RangedChannel.changed().getMessage());
      case TOO_MANY_REQUESTS, 500, 502, 503, 504 ->
          Optional.of(
              "the store still answers "
                  + status
                  + " ("
                  + brief()
                  + ") after many tries; run again");
      default -> unreachable();
    };
  }

  /** The first line; Google's client puts the status before it and request and response below. */
  private String brief() {
    String line = words.lines().findFirst().orElse("");
    return line.startsWith(status + " ") ? line.substring(line.indexOf(' ') + 1) : line;
  }

  /** Explains failures for which Java gives only a name, or its own internals. */
  private Optional<String> unreachable() {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof UnknownHostException && each.getMessage() != null) {
        return Optional.of(
            "this machine cannot resolve the host "
                + each.getMessage()
                + "; check the network, the endpoint, and HTTPS_PROXY where there is a proxy");
      }
      if (isPlain(each)) {
        return Optional.of(
            "the server there speaks http, not https; give the endpoint as http://… or its port for"
                + " https");
      }
      if (each instanceof CertificateException) {
        return Optional.of(
            "Java does not trust the store's certificate ("
                + each.getMessage()
                + "); add its issuer to a trust store, and -Djavax.net.ssl.trustStore=FILE to"
                + " JAVA_TOOL_OPTIONS");
      }
    }
    return Optional.empty();
  }

  /** Whether a failure to connect is permanent. */
  static boolean isLasting(Throwable failure) {
    return causes(failure).anyMatch(each -> isPlain(each) || each instanceof CertificateException);
  }

  /** A failure and the chain of its causes. */
  static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }

  /** Whether the server did not answer in TLS; Java has only a message for that, no type. */
  private static boolean isPlain(Throwable failure) {
    return failure instanceof SSLException
        && String.valueOf(failure.getMessage()).startsWith("Unsupported or unrecognized SSL");
  }

  private boolean isOfUpload() {
    return words.contains("NoSuchUpload");
  }

  private boolean isOfBucket() {
    return words.contains("bucket does not exist") || words.contains("NoSuchBucket");
  }
}
