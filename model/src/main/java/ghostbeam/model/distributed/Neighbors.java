package ghostbeam.model.distributed;

import ghostbeam.model.failure.ModelRemedy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One rank's connections in the ring: from the previous rank and to the next. Closing either end,
 * on purpose or by dying, wakes both sides.
 */
final class Neighbors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Neighbors.class);

  /** Attempts before a thread sleeps: most data arrives sooner than a thread wakes up. */
  private static final int SPINS = 50;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final SocketChannel previous;
  private final SocketChannel next;
  private final String previousName;
  private final String nextName;
  private final int timeoutSeconds;
  private final Selector selector;
  private final SelectionKey readable;
  private final SelectionKey writable;

  /**
   * @param previous connected, like {@code next}; both are closed with this object
   */
  Neighbors(Gang gang, int rank, SocketChannel previous, SocketChannel next) throws IOException {
    this.previous = previous;
    this.next = next;
    this.previousName = "rank " + gang.before(rank);
    this.nextName = "rank " + gang.after(rank);
    this.timeoutSeconds = gang.timeoutSeconds();
    this.selector = Selector.open();
    previous.configureBlocking(false);
    next.configureBlocking(false);
    this.readable = previous.register(selector, 0);
    this.writable = next.register(selector, 0);
  }

  /** Fills a buffer from the previous rank; meanwhile sends the next rank as much as it takes. */
  void receive(ByteBuffer in, ByteBuffer out) {
    move(in, out, in);
  }

  /** Sends the next rank all that remains. */
  void send(ByteBuffer out) {
    move(EMPTY, out, out);
  }

  private void move(ByteBuffer in, ByteBuffer out, ByteBuffer needed) {
    int tries = 0;
    long lastProgress = System.nanoTime();
    while (needed.hasRemaining()) {
      if (read(in) + write(out) > 0) {
        tries = 0;
        lastProgress = System.nanoTime();
      } else if (++tries < SPINS) {
        Thread.onSpinWait();
      } else {
        await(in, out, lastProgress);
      }
    }
  }

  private int read(ByteBuffer in) {
    if (!in.hasRemaining()) {
      return 0;
    }
    int bytes;
    try {
      bytes = previous.read(in);
    } catch (IOException e) {
      throw new LostRankException("the connection from " + previousName + " broke: " + message(e));
    }
    if (bytes < 0) {
      throw new LostRankException(previousName + " has left");
    }
    return bytes;
  }

  private int write(ByteBuffer out) {
    if (!out.hasRemaining()) {
      return 0;
    }
    try {
      return next.write(out);
    } catch (IOException e) {
      throw new LostRankException("the connection to " + nextName + " broke: " + message(e));
    }
  }

  /** Sleeps until data can be moved, but no longer than the timeout since it last was. */
  private void await(ByteBuffer in, ByteBuffer out, long lastProgress) {
    if (Thread.currentThread().isInterrupted()) {
      throw new LostRankException("this rank was told to stop");
    }
    long left = TimeUnit.SECONDS.toNanos(timeoutSeconds) - (System.nanoTime() - lastProgress);
    if (left <= 0) {
      throw new LostRankException(
          "%s did not respond for %d s"
              .formatted(in.hasRemaining() ? previousName : nextName, timeoutSeconds),
          ModelRemedy.LONGER_TIMEOUT.with(timeoutSeconds));
    }
    try {
      readable.interestOps(in.hasRemaining() ? SelectionKey.OP_READ : 0);
      writable.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : 0);
      selector.select(key -> {}, TimeUnit.NANOSECONDS.toMillis(left) + 1);
    } catch (IOException e) {
      throw new LostRankException("the connections to other ranks broke: " + message(e));
    }
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  @Override
  public void close() {
    for (AutoCloseable each : new AutoCloseable[] {previous, next, selector}) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.debug("closing a connection failed", e);
      }
    }
  }
}
