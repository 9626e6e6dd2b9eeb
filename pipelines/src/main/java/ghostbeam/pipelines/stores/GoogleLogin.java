package ghostbeam.pipelines.stores;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.client.http.HttpResponseException;
import com.google.auth.Credentials;
import com.google.auth.Retryable;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.auth.oauth2.UserCredentials;
import com.google.cloud.storage.StorageException;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;

/**
 * A job's Google credentials, and what to do if Google refuses them.
 *
 * @param credentials null if there are none
 * @param file that {@code GOOGLE_APPLICATION_CREDENTIALS} names, or null
 */
record GoogleLogin(Credentials credentials, String file) {
  private static final String FILE = "GOOGLE_APPLICATION_CREDENTIALS";
  private static final String LOGIN = "gcloud auth application-default login";
  private static final String MISSING =
      "no Google credentials were found, and the store refuses anonymous access; run %s, or set %s to"
          + " a key file";
  private static final String REFUSED =
      "Google refused the credentials; give their account a role on the bucket that reads, writes"
          + " and deletes objects, or use others";

  /** Google's reasons for a 403 that are about the account; others are about something else. */
  private static final Set<String> REFUSALS =
      Set.of("forbidden", "insufficientPermissions", "required", "authError");

  static GoogleLogin of(GcsOptions options) {
    return new GoogleLogin(withTransport(options.getGcpCredential()), System.getenv(FILE));
  }

  /** Makes credentials fetch their tokens through the transport of the store's own requests. */
  private static Credentials withTransport(Credentials given) {
    if (given instanceof ServiceAccountCredentials account) {
      return account.toBuilder().setHttpTransportFactory(new GoogleTransport()).build();
    }
    if (given instanceof UserCredentials user) {
      return user.toBuilder().setHttpTransportFactory(new GoogleTransport()).build();
    }
    return given;
  }

  /** Explains the store's error. */
  Refusal refusal(StorageException e) {
    String words = String.valueOf(e.getMessage());
    Optional<String> noToken = noToken(e);
    if (noToken.isPresent()) {
      return new Refusal(0, noToken.get(), "", e);
    }
    if (e.getCode() == Refusal.FORBIDDEN
        && e.getReason() != null
        && !REFUSALS.contains(e.getReason())) {
      String line = words.lines().findFirst().orElse("");
      return new Refusal(0, "the store refuses: " + line + " (403: " + e.getReason() + ")", "", e);
    }
    return new Refusal(e.getCode(), words, remedy(), e);
  }

  /** What to do if the store itself refuses the credentials. */
  private String remedy() {
    return credentials == null ? MISSING.formatted(LOGIN, FILE) : REFUSED;
  }

  /**
   * Explains a failure to get a token, as after a logout or with a deleted key, and what to do.
   *
   * @return empty for other failures
   */
  private Optional<String> noToken(Throwable failure) {
    return Refusal.causes(failure)
        .filter(Retryable.class::isInstance)
        .map(token -> noToken((Retryable) token, token.getCause()))
        .findFirst();
  }

  private String noToken(Retryable token, Throwable cause) {
    if (cause instanceof HttpResponseException answer) {
      String reason = reason(answer);
      return token.isRetryable()
          ? "Google's token service answers " + reason + "; run again"
          : "Google gives no token to " + name() + " (" + reason + "); " + renewal();
    }
    String words = cause == null ? "no answer" : cause.toString();
    return "Google's token service is out of reach ("
        + words.lines().findFirst().orElse("")
        + "); check the network, and HTTPS_PROXY where there is a proxy";
  }

  /** Such as {@code 400 invalid_grant: Token has been expired or revoked.} */
  private static String reason(HttpResponseException answer) {
    StringBuilder reason = new StringBuilder().append(answer.getStatusCode());
    try {
      JsonNode body = new ObjectMapper().readTree(String.valueOf(answer.getContent()));
      reason.append(" ").append(body.path("error").asText());
      if (body.hasNonNull("error_description")) {
        reason.append(": ").append(body.get("error_description").asText());
      }
    } catch (JsonProcessingException e) {
      // The status says what is known.
    }
    return reason.toString().replaceAll("\\s+", " ").strip();
  }

  private String name() {
    String of = file == null ? "" : " of " + file;
    if (credentials instanceof ServiceAccountCredentials account) {
      return "the service account " + account.getClientEmail() + of;
    }
    if (credentials instanceof UserCredentials) {
      return file == null ? "the login of gcloud" : "the login" + of;
    }
    return "the credentials" + of;
  }

  private String renewal() {
    if (credentials instanceof ServiceAccountCredentials) {
      return "set " + FILE + " to a new key file for it, and check this machine's clock";
    }
    return (file == null ? "run " : "unset " + FILE + " and run ") + LOGIN + ", or use others";
  }
}
