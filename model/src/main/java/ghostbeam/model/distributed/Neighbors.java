package ghostbeam.model.distributed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One rank's connections: from the rank before it, and to the one after it. Whoever closes them, on
 * purpose or by dying, ends the waiting of both.
 */
final class Neighbors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Neighbors.class);

  /** Tries before a thread sleeps, which takes it longer than most answers take. */
  private static final int QUICK_TRIES = 50;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel previous;
  private final SocketChannel next;
  private final String previousName;
  private final String nextName;
  private final int patienceSeconds;
  private final Selector selector;
  private final SelectionKey readable;
  private final SelectionKey writable;

  /**
   * @param previous connected, as is {@code next}; closed with this, and where this fails
   */
  Neighbors(Gang gang, int rank, SocketChannel previous, SocketChannel next) throws IOException {
    this.previous = previous;
    this.next = next;
    this.previousName = "rank " + gang.before(rank);
    this.nextName = "rank " + gang.after(rank);
    this.patienceSeconds = gang.patienceSeconds();
    this.selector = Selector.open();
    previous.configureBlocking(false);
    next.configureBlocking(false);
    this.readable = previous.register(selector, 0);
    this.writable = next.register(selector, 0);
  }

  /** Fills a buffer from the rank before; meanwhile sends the one after as much as it takes. */
  void receive(ByteBuffer in, ByteBuffer out) {
    move(in, out, in);
  }

  /** Sends the rank after all that remains. */
  void send(ByteBuffer out) {
    move(NOTHING, out, out);
  }

  private void move(ByteBuffer in, ByteBuffer out, ByteBuffer needed) {
    int tries = 0;
    long lastSign = System.nanoTime();
    while (needed.hasRemaining()) {
      if (read(in) + write(out) > 0) {
        tries = 0;
        lastSign = System.nanoTime();
      } else if (++tries < QUICK_TRIES) {
        Thread.onSpinWait();
      } else {
        await(in, out, lastSign);
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
      throw new LostRankException("the connection from " + previousName + " broke: " + words(e));
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
      throw new LostRankException("the connection to " + nextName + " broke: " + words(e));
    }
  }

  /** Sleeps until a neighbour gives a sign, but for no longer than the patience since its last. */
  private void await(ByteBuffer in, ByteBuffer out, long lastSign) {
    if (Thread.currentThread().isInterrupted()) {
      throw new LostRankException("this rank was told to stop");
    }
    long left = TimeUnit.SECONDS.toNanos(patienceSeconds) - (System.nanoTime() - lastSign);
    if (left <= 0) {
      throw new LostRankException(
          "%s gave no sign for %d s"
              .formatted(in.hasRemaining() ? previousName : nextName, patienceSeconds));
    }
    try {
      readable.interestOps(in.hasRemaining() ? SelectionKey.OP_READ : 0);
      writable.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : 0);
      selector.select(key -> {}, TimeUnit.NANOSECONDS.toMillis(left) + 1);
    } catch (IOException e) {
      throw new LostRankException("the connections to other ranks broke: " + words(e));
    }
  }

  private static String words(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  @Override
  public void close() {
    for (AutoCloseable each : new AutoCloseable[] {previous, next, selector}) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.debug("left in disorder", e);
      }
    }
  }
}
