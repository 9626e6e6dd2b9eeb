package ghostbeam.pipelines;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of this machine for a server that another process starts. It lies below those that Linux
 * gives to connections, any of which might take it before the server does.
 */
public final class FreePort {
  private static final int FIRST = 15_000;
  private static final int END = 32_000;

  private FreePort() {}

  /** A port on which nobody listens and which no connection takes. */
  public static int find() throws IOException {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Somebody's; another may not be.
      }
    }
    throw new IOException("every port from " + FIRST + " to " + END + " seems to be taken");
  }
}
