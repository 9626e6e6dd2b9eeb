package ghostbeam.pipelines.endpoint;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks the addresses of stores that users type. */
public final class Endpoint {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** The flags that take an address, each with an example. */
  private static final Map<String, String> FLAGS =
      Map.of(
          "endpoint", "http://127.0.0.1:9000",
          "gcsEndpoint", "http://127.0.0.1:4443/storage/v1/");

  private Endpoint() {}

  /**
   * What is wrong with a flag's value, as a message for the user; empty if it is valid, or the flag
   * takes no store address.
   */
  public static Optional<String> problem(String flag, String value) {
    if (!FLAGS.containsKey(flag)) {
      return Optional.empty();
    }
    String given = "--" + flag + "=" + value;
    URI uri;
    try {
      uri = new URI(value.strip());
    } catch (URISyntaxException e) {
      return Optional.of(
          given + (value.contains("://") ? " is not a valid address" : schemeless(flag, value)));
    }
    if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
      return Optional.of(
          value.contains("://")
              ? given + " is not a store's address; expected one such as " + FLAGS.get(flag)
              : given + schemeless(flag, value));
    }
    if (uri.getHost() == null) {
      return Optional.of(
          given
              + " has no valid host name; it has letters, digits, hyphens and dots, no underscores");
    }
    return Optional.empty();
  }

  private static String schemeless(String flag, String value) {
    return value.matches("[^/\\s]+(/.*)?")
        ? " has no scheme; give --%s=http://%s, or https:// if the store uses TLS"
            .formatted(flag, value)
        : " is not a valid address; expected one such as " + FLAGS.get(flag);
  }
}
