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

/** Where the rank before this one finds it; open only until both have met. */
record RankListener(Gang gang, int rank, ServerSocketChannel listener) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RankListener.class);
  private static final int LOOK_AGAIN_MILLIS = 100;

  /** Time for whoever connects to say who it is. */
  private static final int GREETING_MILLIS = 2_000;

  /** Any will do, since nothing is sent there. */
  private static final int SOME_PORT = 9;

  /**
   * Listens at the one address from which this machine reaches the gang's host, so on loopback
   * where all ranks are on one machine.
   */
  static RankListener open(Gang gang, int rank) throws IOException {
    InetSocketAddress host = new InetSocketAddress(gang.host(), SOME_PORT);
    if (host.isUnresolved()) {
      throw new AdvisedException(
          "its machine knows no address of %s".formatted(gang.host()),
          ModelRemedy.KNOWN_HOST.with());
    }
    InetAddress own;
    // Connecting a datagram socket sends nothing; it only chooses the way.
    try (DatagramSocket way = new DatagramSocket()) {
      way.connect(host);
      own = way.getLocalAddress();
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

  /** Host and port, for {@link #meet} of the rank before. */
  String address() throws IOException {
    InetSocketAddress own = (InetSocketAddress) listener.getLocalAddress();
    return own.getAddress().getHostAddress() + " " + own.getPort();
  }

  /**
   * Connects to the rank after this one and waits for the one before it.
   *
   * @param nextAddress where the rank after listens
   * @throws IOException where the rank after cannot be reached
   * @throws LostRankException where the one before does not come, or another rank has failed
   */
  Neighbors meet(String nextAddress, StatusFiles status) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(gang.patienceSeconds());
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
      channel.socket().connect(next, (int) TimeUnit.SECONDS.toMillis(gang.patienceSeconds()));
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
    listener.socket().setSoTimeout(LOOK_AGAIN_MILLIS);
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
              "rank %d has not come within %d s"
                  .formatted(gang.before(rank), gang.patienceSeconds()));
        }
      }
    }
  }

  /** Whether it is the rank before this one; where not, its connection is closed. */
  private static boolean greets(Socket socket, byte[] expected) throws IOException {
    String reason = "another greeting";
    try {
      socket.setSoTimeout(GREETING_MILLIS);
      byte[] greeting = socket.getInputStream().readNBytes(expected.length);
      if (MessageDigest.isEqual(expected, greeting)) {
        return true;
      }
    } catch (IOException e) {
      reason = e.getMessage();
    }
    LOG.warn("turned away {}: {}", socket.getRemoteSocketAddress(), reason);
    socket.close();
    return false;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
