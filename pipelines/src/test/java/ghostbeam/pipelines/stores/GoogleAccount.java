package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service account: the key file that its user has, and Google's side, which gives a token to
 * whoever signs with that key.
 */
final class GoogleAccount implements HttpHandler {
  private static final Pattern SIGNED = Pattern.compile("(.*&)?assertion=([^&.]+\\.[^&.]+)\\.(.+)");
  private static final String TOKEN = "a-token";

  private final KeyPair keys;

  GoogleAccount() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    this.keys = generator.generateKeyPair();
  }

  /** Writes what {@code GOOGLE_APPLICATION_CREDENTIALS} names; tokens come from the address. */
  void write(Path file, String tokens) throws IOException {
    Map<String, String> content =
        Map.of(
            "type", "service_account",
            "project_id", "test",
            "client_id", "1",
            "client_email", "test@test.invalid",
            "private_key_id", "1",
            "private_key",
                "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                    + "\n-----END PRIVATE KEY-----\n",
            "token_uri", tokens);
    Files.writeString(file, new ObjectMapper().writeValueAsString(content));
  }

  /** Whether a request's {@code Authorization} is a token of this account's. */
  boolean isShownBy(String authorization) {
    return ("Bearer " + TOKEN).equals(authorization);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String answer =
          "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":3600}"
              .formatted(TOKEN);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(isSigned(asked) ? 200 : 401, answer.length());
      exchange.getResponseBody().write(answer.getBytes(US_ASCII));
    }
  }

  private boolean isSigned(String asked) {
    Matcher parts = SIGNED.matcher(URLDecoder.decode(asked, UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(keys.getPublic());
      if (!parts.matches()) {
        return false;
      }
      signature.update(parts.group(2).getBytes(US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(parts.group(3)));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
