package ghostbeam.pipelines.stores;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/** Takes the bodies that a server is sent, counts them, and can cut one off. */
final class Intake {
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong untilCut = new AtomicLong(Long.MAX_VALUE);

  /** A body, or what came of it until it was cut off. */
  record Body(byte[] bytes, boolean cut) {}

  /** Bytes of all bodies. */
  long received() {
    return received.get();
  }

  /** Cuts off, once, the body that brings this byte of those that come from now on. */
  void cutAfter(long bytes) {
    untilCut.set(bytes);
  }

  Body take(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InputStream in = exchange.getRequestBody();
    byte[] block = new byte[16 << 10];
    for (int length = in.read(block); length >= 0; length = in.read(block)) {
      bytes.write(block, 0, length);
      received.addAndGet(length);
      if (untilCut.addAndGet(-length) <= 0) {
        untilCut.set(Long.MAX_VALUE);
        return new Body(bytes.toByteArray(), true);
      }
    }
    // Google's client compresses what it sends.
    boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    byte[] sent = bytes.toByteArray();
    return new Body(packed ? unpacked(sent) : sent, false);
  }

  private static byte[] unpacked(byte[] packed) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
  }
}
