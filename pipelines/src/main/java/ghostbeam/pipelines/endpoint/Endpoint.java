package ghostbeam.pipelines.endpoint;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The address of a store, as a user types it. */
public final class Endpoint {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** The flags that take one, with what one of their addresses looks like. */
  private static final Map<String, String> FLAGS =
      Map.of(
          "endpoint", "http://127.0.0.1:9000",
          "gcsEndpoint", "http://127.0.0.1:4443/storage/v1/");

  private Endpoint() {}

  /**
   * What is wrong with a flag's value, in words for the one who typed it; empty where nothing is,
   * or where the flag takes no store's address.
   */
  public static Optional<String> complaint(String flag, String value) {
    if (!FLAGS.containsKey(flag)) {
      return Optional.empty();
    }
    String given = "--" + flag + "=" + value;
    URI uri;
    try {
      uri = new URI(value.strip());
    } catch (URISyntaxException e) {
      return Optional.of(
          given + (value.contains("://") ? " is no address" : schemeless(flag, value)));
    }
    if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
      return Optional.of(
          value.contains("://")
              ? given + " is no store's address; expected one such as " + FLAGS.get(flag)
              : given + schemeless(flag, value));
    }
    if (uri.getHost() == null) {
      return Optional.of(
          given
              + " names no host; a host's name has letters, digits, hyphens and dots, no"
              + " underscore");
    }
    return Optional.empty();
  }

  private static String schemeless(String flag, String value) {
    return value.matches("[^/\\s]+(/.*)?")
        ? " does not say how the store speaks; give --%s=http://%s, or https:// where it has a certificate"
            .formatted(flag, value)
        : " is no address; expected one such as " + FLAGS.get(flag);
  }
}
