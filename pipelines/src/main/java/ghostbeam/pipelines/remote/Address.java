package ghostbeam.pipelines.remote;

import ghostbeam.pipelines.cli.UsageException;
import java.net.URI;
import java.net.URISyntaxException;

/** The address of a cluster's REST API and dashboard. */
public record Address(String host, int port) {
  private static final int DEFAULT_PORT = 8081;

  /**
   * Parses {@code --flinkMaster}: {@code host} or {@code host:port}, optionally after {@code
   * http://}.
   */
  static Address parse(String flinkMaster) {
    try {
      URI uri = new URI("http://" + flinkMaster.strip().replaceFirst("^https?://", ""));
      if (uri.getHost() != null && uri.getUserInfo() == null) {
        return new Address(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
      }
    } catch (URISyntaxException e) {
      // Reported below.
    }
    throw new UsageException(
        "--flinkMaster=" + flinkMaster + " is invalid; expected host:port, such as 127.0.0.1:8081");
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
