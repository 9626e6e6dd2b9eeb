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
 * Settings of the Flink that runs inside this process: its servers, the one for uploaded files too,
 * listen on this machine's loopback address alone, and its parts never take each other for dead.
 */
final class EmbeddedFlink {
  private static final String LOOPBACK = "127.0.0.1";

  /** Of one process no part dies alone; but a process stopped by Ctrl-Z misses its heartbeats. */
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofDays(30);

  /** Flink's own, for what does not depend on the parallelism. */
  private static final long BUFFERS = 2048;

  /** Exchanges of all slots with all slots that may be under way at a time. */
  private static final long EXCHANGES = 2;

  private static final Map<Integer, String> FOLDERS = new HashMap<>();

  private EmbeddedFlink() {}

  /**
   * Leaves the end of Flink's actors to Flink. Their own shutdown hook runs while Flink, too, ends
   * them at a job's end, and now and then found its classes gone: a page of stack trace after a job
   * that was done.
   */
  static void endActorsByFlinkAlone() {
    System.setProperty("pekko.jvm-shutdown-hooks", "off");
  }

  /**
   * The folder with the settings for so many slots, made once in a process.
   *
   * @throws IOException where it cannot be written, or this machine's name has no address
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

  /** Flink asks for it even where it binds to another. */
  private static void requireAddress() throws IOException {
    try {
      InetAddress.getLocalHost();
    } catch (UnknownHostException e) {
      String name = String.valueOf(e.getMessage()).replaceFirst(":.*", "");
      throw new IOException(
          "this machine's name %1$s has no address, which Flink asks for; add the line '%2$s %1$s' to /etc/hosts"
              .formatted(name, LOOPBACK),
          e);
    }
  }

  /**
   * A slot that hands on to all others has a buffer for each and one more, or the job fails.
   * Flink's 64 MB are gone at 256 slots; smaller buffers, of what are records of a few bytes, need
   * less.
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
