package ghostbeam.pipelines.launch;

import ghostbeam.pipelines.remote.ConfFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * Settings of the Flink that runs in this process: all its servers, including the blob server,
 * listen on the loopback address only, and its components never time each other out.
 */
final class EmbeddedFlink {
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * Components of one process do not die alone, but a process stopped by Ctrl-Z misses heartbeats.
   */
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofDays(30);

  /** Flink's default number of buffers, for what does not depend on the parallelism. */
  private static final long BUFFERS = 2048;

  /** All-to-all exchanges that may run at the same time. */
  private static final long EXCHANGES = 2;

  private static final Map<Integer, String> FOLDERS = new HashMap<>();

  private EmbeddedFlink() {}

  /**
   * Leaves shutting down Pekko to Flink. Pekko's own shutdown hook races with Flink's at a job's
   * end and sometimes finds its classes unloaded: a page of stack trace after a successful job.
   */
  static void disablePekkoShutdownHook() {
    System.setProperty("pekko.jvm-shutdown-hooks", "off");
  }

  /**
   * The configuration folder for a number of slots, written once per process.
   *
   * @throws IOException if it cannot be written, or this machine's name has no address
   */
  static synchronized String configuration(int slots) throws IOException {
    requireAddress();
    String folder = FOLDERS.get(slots);
    if (folder == null) {
      folder = ConfFolder.write("ghostbeam-flink-", settings(slots)).toString();
      FOLDERS.put(slots, folder);
    }
    return folder;
  }

  /** Flink resolves this machine's name even if it binds to another address. */
  private static void requireAddress() throws IOException {
    try {
      InetAddress.getLocalHost();
    } catch (UnknownHostException e) {
      String name = String.valueOf(e.getMessage()).replaceFirst(":.*", "");
      throw new IOException(
          "this machine's name %1$s has no address, which Flink needs; add the line '%2$s %1$s' to /etc/hosts"
              .formatted(name, LOOPBACK),
          e);
    }
  }

  /**
   * A slot that sends to all others needs a buffer for each and one more, or the job fails. Flink's
   * default of 64 MB runs out at 256 slots; smaller buffers, enough for records of a few bytes,
   * need less.
   */
  static Configuration settings(int slots) {
    MemorySize buffer = MemorySize.parse(slots > 32 ? "4kb" : "32kb");
    long buffers = BUFFERS + EXCHANGES * slots * (slots + 1);
    MemorySize all = new MemorySize(buffers * buffer.getBytes());
    return new Configuration()
        .set(JobManagerOptions.BIND_HOST, LOOPBACK)
        .set(TaskManagerOptions.BIND_HOST, LOOPBACK)
        .set(RestOptions.BIND_ADDRESS, LOOPBACK)
        .set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT.toMillis())
        .set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, buffer)
        .set(TaskManagerOptions.NETWORK_MEMORY_MIN, all)
        .set(TaskManagerOptions.NETWORK_MEMORY_MAX, all);
  }
}
