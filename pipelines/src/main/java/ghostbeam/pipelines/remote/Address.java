package ghostbeam.pipelines.remote;

import ghostbeam.pipelines.cli.UsageException;
import java.net.URI;
import java.net.URISyntaxException;

/** Where a cluster's REST API and dashboard are. */
public record Address(String host, int port) {
  private static final int USUAL_PORT = 8081;

  /** Of {@code --flinkMaster}: {@code host}, {@code host:port}, either behind {@code http://}. */
  static Address parse(String flinkMaster) {
    try {
      URI uri = new URI("http://" + flinkMaster.strip().replaceFirst("^https?://", ""));
      if (uri.getHost() != null && uri.getUserInfo() == null) {
        return new Address(uri.getHost(), uri.getPort() < 0 ? USUAL_PORT : uri.getPort());
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new UsageException(
        "--flinkMaster=" + flinkMaster + " cannot be; it takes host:port, such as 127.0.0.1:8081");
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
