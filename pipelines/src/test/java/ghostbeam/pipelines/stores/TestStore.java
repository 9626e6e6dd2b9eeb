package ghostbeam.pipelines.stores;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A store on this machine with one bucket, which counts what it sends and can be made to fail. */
interface TestStore extends AutoCloseable {

  /** The bucket, such as {@code gs://bucket}. */
  String root();

  /** The flags to reach it. */
  List<String> flags();

  Faults faults();

  /** Bytes sent of the objects whose keys begin so, and of listings of such keys. */
  long sent(String prefix);

  /** Responses that carried them. */
  long answers(String prefix);

  /** Requests that a real server would not know. */
  List<String> unknown();

  @Override
  void close() throws IOException;

  /** Waits for a count: a server counts an answer once it is sent, when its reader may be gone. */
  default void awaitSent(String prefix, long bytes) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (sent(prefix) < bytes && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
