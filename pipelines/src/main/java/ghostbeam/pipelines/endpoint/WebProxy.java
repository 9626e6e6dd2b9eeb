package ghostbeam.pipelines.endpoint;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The HTTP proxy configured by environment variables, as in curl and Python: {@code HTTPS_PROXY},
 * {@code HTTP_PROXY} and {@code ALL_PROXY}, except for hosts in {@code NO_PROXY} (names with their
 * subdomains, addresses, networks such as {@code 10.0.0.0/8}, each with or without a port, or
 * {@code *}). Lower-case names take precedence. This machine is never reached through a proxy. If
 * Java has proxy properties, those are used instead.
 *
 * @param user empty if the proxy needs no login
 */
public record WebProxy(String host, int port, String user, String password) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** The proxy for an address; empty if there is none. */
  public static Optional<WebProxy> toward(URI target) {
    return System.getProperty("http.proxyHost") == null
            && System.getProperty("https.proxyHost") == null
        ? toward(target, System.getenv())
        : Optional.empty();
  }

  /**
   * The same with another environment.
   *
   * @throws IllegalStateException if a variable is not an HTTP proxy's address
   */
  static Optional<WebProxy> toward(URI target, Map<String, String> environment) {
    String own = target.getScheme().toLowerCase(Locale.ROOT) + "_proxy";
    return Stream.of(own, "all_proxy")
        .flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .filter(name -> !isDirect(target, environment))
        .map(name -> parse(name, environment.get(name).strip()));
  }

  /** Never repeats the value in a message, since it may contain a password. */
  private static WebProxy parse(String variable, String value) {
    try {
      URI uri = URI.create(value.contains("://") ? value : "http://" + value);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0) {
        String login = uri.getUserInfo() == null ? "" : uri.getUserInfo();
        int colon = login.indexOf(':');
        return colon < 0
            ? new WebProxy(uri.getHost(), uri.getPort(), login, "")
            : new WebProxy(
                uri.getHost(),
                uri.getPort(),
                login.substring(0, colon),
                login.substring(colon + 1));
      }
    } catch (IllegalArgumentException e) {
      // Thrown below.
    }
    throw new IllegalStateException(
        "environment variable " + variable + " is not an HTTP proxy; expected http://host:port");
  }

  private static boolean isDirect(URI target, Map<String, String> environment) {
    String host = target.getHost().toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("::1")) {
      return true;
    }
    int usual = target.getScheme().equalsIgnoreCase("https") ? HTTPS : HTTP;
    int port = target.getPort() < 0 ? usual : target.getPort();
    String direct = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
    List<String> entries = Arrays.asList(direct.toLowerCase(Locale.ROOT).split("[,\\s]+", 0));
    return entries.stream().anyMatch(entry -> covers(entry, host, port));
  }

  private static boolean covers(String entry, String host, int port) {
    if (entry.equals("*") || isWithin(host, entry)) {
      return true;
    }
    String suffix = ":" + port;
    String bare =
        entry.endsWith(suffix) ? entry.substring(0, entry.length() - suffix.length()) : entry;
    String name = bare.replaceFirst("^\\*?\\.", "").replaceAll("^\\[|]$", "");
    return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
  }

  /** Whether an address is in a network given in CIDR notation. */
  private static boolean isWithin(String host, String network) {
    int slash = network.indexOf('/');
    if (slash < 0 || !isAddress(host) || !isAddress(network.substring(0, slash))) {
      return false;
    }
    try {
      byte[] address = InetAddress.getByName(host).getAddress();
      byte[] first = InetAddress.getByName(network.substring(0, slash)).getAddress();
      int free = Byte.SIZE * first.length - Integer.parseInt(network.substring(slash + 1));
      return address.length == first.length
          && free >= 0
          && new BigInteger(1, address).xor(new BigInteger(1, first)).shiftRight(free).signum()
              == 0;
    } catch (UnknownHostException | NumberFormatException e) {
      return false; // not a network, so it covers nothing
    }
  }

  /** Whether a host is a numeric address, so that no name is resolved. */
  private static boolean isAddress(String host) {
    return host.matches("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");
  }
}
