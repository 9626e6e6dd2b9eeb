package ghostbeam.model.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rank 0 of two, where this test plays rank 1 and leaves after each byte that it should send. */
@Timeout(300)
final class RingTest {
  private static final double[] OWN = {1, 2, 3, 4, 5, 6};
  private static final double[] SUMS = {11, 22, 33, 44, 55, 66};

  /**
   * Rank 1 has 10, 20, …; it sends first its values of the second half, then its sums of the first.
   */
  private static final double[] OWED = {40, 50, 60, 11, 22, 33};

  private Ring ring;
  private SocketChannel toRing;
  private SocketChannel fromRing;

  @BeforeEach
  void connect() throws IOException {
    connect(1);
  }

  private void connect(int timeoutSeconds) throws IOException {
    Gang gang = new Gang("", new UUID(1, 2), "127.0.0.1", 2, timeoutSeconds);
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      toRing = SocketChannel.open(listener.getLocalAddress());
      SocketChannel previous = listener.accept();
      SocketChannel next = SocketChannel.open(listener.getLocalAddress());
      fromRing = listener.accept();
      ring = new Ring(0, 2, new Neighbors(gang, 0, previous, next));
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    ring.close();
    toRing.close();
    fromRing.close();
  }

  private void send(int bytes) throws IOException {
    ByteBuffer owed =
        ByteBuffer.allocate(OWED.length * Double.BYTES).order(ByteOrder.nativeOrder());
    owed.asDoubleBuffer().put(OWED);
    owed.limit(bytes);
    while (owed.hasRemaining()) {
      toRing.write(owed);
    }
  }

  /** How a rank leaves. */
  enum End {
    /** Like a process that exits after receiving all it was sent. */
    ENDS {
      @Override
      void of(RingTest test) throws IOException {
        test.fromRing.close();
        test.toRing.close();
      }
    },

    /** Like a killed process: data in transit is lost. */
    RESETS {
      @Override
      void of(RingTest test) throws IOException {
        test.fromRing.setOption(StandardSocketOptions.SO_LINGER, 0).close();
        test.toRing.setOption(StandardSocketOptions.SO_LINGER, 0).close();
      }
    },

    /** Like a process that shuts down both directions. */
    SAYS_NO_MORE {
      @Override
      void of(RingTest test) throws IOException {
        test.toRing.shutdownOutput();
      }
    };

    abstract void of(RingTest test) throws IOException;
  }

  @Test
  void sums() throws IOException {
    send(OWED.length * Double.BYTES);
    assertArrayEquals(SUMS, ring.sum(OWN));
  }

  @ParameterizedTest
  @EnumSource
  void neverAcceptsAPartialAnswer(End end) throws IOException {
    for (int bytes = 0; bytes < OWED.length * Double.BYTES; bytes++) {
      send(bytes);
      end.of(this);
      LostRankException loss = assertThrows(LostRankException.class, () -> ring.sum(OWN));
      assertTrue(loss.getMessage().contains("rank 1"), loss.getMessage());
      // Nor at the next call.
      assertThrows(LostRankException.class, () -> ring.sum(OWN));
      disconnect();
      connect();
    }
  }

  @Test
  void givesUpOnARankThatStopsSending() throws IOException {
    send(5 * Double.BYTES + 3);
    LostRankException loss = assertThrows(LostRankException.class, () -> ring.sum(OWN));
    assertEquals("rank 1 did not respond for 1 s", loss.getMessage());
  }

  @Test
  void givesUpOnARankThatStopsReceiving() {
    ByteBuffer large = ByteBuffer.allocateDirect(64 << 20);
    LostRankException loss = assertThrows(LostRankException.class, () -> ring.broadcast(large));
    assertEquals("rank 1 did not respond for 1 s", loss.getMessage());
    assertEquals(large.capacity(), large.remaining());
  }

  /**
   * Data arrives at intervals of a quarter of the timeout, in total for longer than the timeout.
   */
  @Test
  void doesNotTimeOutAsLongAsDataArrives() throws Exception {
    disconnect();
    connect(4);
    Thread slow =
        new Thread(
            () -> {
              try {
                for (int part = 0; part < 6; part++) {
                  Thread.sleep(1_000);
                  ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
                  while (number.hasRemaining()) {
                    toRing.write(number);
                  }
                }
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    slow.start();
    // Rank 1's values, and so its sums, are zeros here.
    assertArrayEquals(new double[] {0, 0, 0, 4, 5, 6}, ring.sum(OWN));
    slow.join();
  }

  @Test
  void stopsWhenInterrupted() throws IOException {
    disconnect();
    connect(120);
    Thread.currentThread().interrupt();
    try {
      long start = System.nanoTime();
      LostRankException loss = assertThrows(LostRankException.class, () -> ring.sum(OWN));
      assertEquals("this rank was told to stop", loss.getMessage());
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "by its patience");
    } finally {
      assertTrue(Thread.interrupted());
    }
  }
}
