package ghostbeam.model.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rank 0 of two, where rank 1 misbehaves. */
@Timeout(300)
final class RankListenerTest {
  /** A timeout that must not expire where something else should end the wait. */
  private static final int TIMEOUT_S = 120;

  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private Gang gang(int timeoutSeconds) {
    return Rendezvous.open(Storage.local(), folder.toString(), 2, "127.0.0.1", timeoutSeconds)
        .gang();
  }

  private Future<double[]> start(Gang gang, int rank) {
    double[][] result = new double[1][];
    return threads.submit(
        () -> {
          gang.run(Storage.local(), rank, collective -> result[0] = collective.sum(rank, 1));
          return result[0];
        });
  }

  /** Where rank 0 listens, once it does. */
  private static String[] address(Gang gang) throws Exception {
    String file = StatusFiles.path(gang, 0, StatusFiles.Status.ARRIVED);
    while (!Storage.local().exists(file)) {
      Thread.sleep(5);
    }
    String address = new String(Storage.local().readWhole(file, 100), StandardCharsets.UTF_8);
    return address.split(" ");
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static void write(Gang gang, StatusFiles.Status status, String words) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8));
    Storage.local().writeWhole(StatusFiles.path(gang, 1, status), bytes);
  }

  private static String failure(Future<?> end) {
    return assertThrows(ExecutionException.class, end::get).getCause().getMessage();
  }

  @Test
  void listensOnlyOnLoopbackAndOnlyUntilAllAreConnected() throws Exception {
    Gang gang = gang(TIMEOUT_S);
    Future<double[]> zero = start(gang, 0);
    String[] address = address(gang);
    assertEquals("127.0.0.1", address[0]);
    start(gang, 1).get();
    zero.get();
    int port = Integer.parseInt(address[1]);
    assertThrows(IOException.class, () -> connect(port).close());
  }

  @Test
  void rejectsUnauthenticatedConnections() throws Exception {
    Gang gang = gang(TIMEOUT_S);
    Future<double[]> zero = start(gang, 0);
    int port = Integer.parseInt(address(gang)[1]);
    try (Socket silent = connect(port);
        Socket wrong = connect(port);
        Socket itself = connect(port)) {
      connect(port).close();
      wrong.getOutputStream().write(new byte[100]);
      itself.getOutputStream().write(gang.greeting(0));
      Future<double[]> one = start(gang, 1);
      assertArrayEquals(new double[] {1, 2}, zero.get());
      assertArrayEquals(new double[] {1, 2}, one.get());
      assertFalse(silent.isClosed());
    }
  }

  @Test
  void saysWhichAddressItCannotReach() throws Exception {
    Gang gang = gang(TIMEOUT_S);
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    Future<double[]> zero = start(gang, 0);
    write(gang, StatusFiles.Status.ARRIVED, "127.0.0.1 " + closed);
    String message = failure(zero);
    assertTrue(
        message.startsWith("rank 0 of 2: it cannot reach rank 1 at 127.0.0.1:" + closed), message);
  }

  @Test
  void givesUpOnARankThatArrivedButDoesNotConnect() throws Exception {
    Gang gang = gang(1);
    try (ServerSocket socket = new ServerSocket(0)) {
      Future<double[]> zero = start(gang, 0);
      write(gang, StatusFiles.Status.ARRIVED, "127.0.0.1 " + socket.getLocalPort());
      String message = failure(zero);
      assertTrue(
          message.startsWith("rank 0 of 2 stopped, since there is no sign of rank 1"), message);
    }
  }

  @Test
  void stopsWaitingForARankThatFailsBeforeConnecting() throws Exception {
    Gang gang = gang(TIMEOUT_S);
    try (ServerSocket socket = new ServerSocket(0)) {
      Future<double[]> zero = start(gang, 0);
      write(gang, StatusFiles.Status.ARRIVED, "127.0.0.1 " + socket.getLocalPort());
      socket.accept();
      long start = System.nanoTime();
      write(gang, StatusFiles.Status.FAILED, new Reason("no memory", Optional.empty()).toJson());
      assertEquals("rank 0 of 2 stopped, since rank 1 failed: no memory", failure(zero));
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(TIMEOUT_S) / 2);
    }
  }

  @Test
  void saysWhereTheHostIsUnknown() {
    Gang gang =
        Rendezvous.open(Storage.local(), folder.toString(), 2, "no.such.host.invalid", 1).gang();
    String message = failure(start(gang, 0));
    assertTrue(message.contains("cannot resolve the host no.such.host.invalid"), message);
  }
}
