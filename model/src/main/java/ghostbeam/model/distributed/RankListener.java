package ghostbeam.model.distributed;

import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server socket at which the previous rank connects; open only until it has. */
record RankListener(Gang gang, int rank, ServerSocketChannel listener) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RankListener.class);
  private static final int POLL_MILLIS = 100;

  /** How long a client may take to authenticate. */
  private static final int GREETING_MILLIS = 2_000;

  /** Arbitrary, since nothing is sent there. */
  private static final int ANY_PORT = 9;

  /**
   * Listens only at the address from which this machine reaches the gang's host, so on loopback
   * where all ranks are on one machine.
   */
  static RankListener open(Gang gang, int rank) throws IOException {
    InetSocketAddress host = new InetSocketAddress(gang.host(), ANY_PORT);
    if (host.isUnresolved()) {
      throw new AdvisedException(
          "its machine cannot resolve the host %s".formatted(gang.host()),
          ModelRemedy.KNOWN_HOST.with());
    }
    InetAddress own;
    // Connecting a datagram socket sends nothing; it only chooses the route.
    try (DatagramSocket route = new DatagramSocket()) {
      route.connect(host);
      own = route.getLocalAddress();
    }
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.bind(new InetSocketAddress(own, 0));
    } catch (IOException e) {
      listener.close();
      throw new IOException("no port can be opened at " + own.getHostAddress(), e);
    }
    return new RankListener(gang, rank, listener);
  }

  /** Host and port, for the previous rank's {@link #meet}. */
  String address() throws IOException {
    InetSocketAddress own = (InetSocketAddress) listener.getLocalAddress();
    return own.getAddress().getHostAddress() + " " + own.getPort();
  }

  /**
   * Connects to the next rank and waits for the previous one.
   *
   * @param nextAddress where the next rank listens
   * @throws IOException where the next rank cannot be reached
   * @throws LostRankException where the previous rank does not connect, or any rank has failed
   */
  Neighbors meet(String nextAddress, StatusFiles status) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.timeoutSeconds());
    SocketChannel next = connect(nextAddress);
    try {
      SocketChannel previous = accept(end, status);
      try {
        next.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new Neighbors(gang, rank, previous, next);
      } catch (IOException e) {
        previous.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
  }

  private SocketChannel connect(String address) throws IOException {
    String[] parts = address.split(" ", 2);
    InetSocketAddress next = new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(next, (int) TimeUnit.SECONDS.toMillis(gang.timeoutSeconds()));
      channel.write(ByteBuffer.wrap(gang.greeting(rank)));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new AdvisedException(
          "it cannot reach rank %d at %s: %s"
              .formatted(gang.after(rank), address.replace(' ', ':'), e.getMessage()),
          Optional.of(ModelRemedy.REACHABLE_HOST.with()),
          e);
    }
  }

  private SocketChannel accept(long end, StatusFiles status) throws IOException {
    byte[] expected = gang.greeting(gang.before(rank));
    listener.socket().setSoTimeout(POLL_MILLIS);
    while (true) {
      try {
        Socket socket = listener.socket().accept();
        if (greets(socket, expected)) {
          return socket.getChannel();
        }
      } catch (SocketTimeoutException e) {
        status.requireNoFailure();
        if (System.nanoTime() > end) {
          throw new LostRankException(
              "rank %d did not connect within %d s"
                  .formatted(gang.before(rank), gang.timeoutSeconds()),
              ModelRemedy.LONGER_TIMEOUT.with(gang.timeoutSeconds()));
        }
      }
    }
  }

  /** Whether the client is the previous rank; if not, its connection is closed. */
  private static boolean greets(Socket socket, byte[] expected) throws IOException {
    String reason = "wrong greeting";
    try {
      socket.setSoTimeout(GREETING_MILLIS);
      byte[] greeting = socket.getInputStream().readNBytes(expected.length);
      if (MessageDigest.isEqual(expected, greeting)) {
        return true;
      }
    } catch (IOException e) {
      reason = e.getMessage();
    }
    LOG.warn("rejected a connection from {}: {}", socket.getRemoteSocketAddress(), reason);
    socket.close();
    return false;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
