package ghostbeam.pipelines;

import ghostbeam.pipelines.remote.ConfFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
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

  private static String folder;

  private EmbeddedFlink() {}

  /**
   * Leaves the end of Flink's actors to Flink. Their own shutdown hook runs while Flink, too, ends
   * them at a job's end, and now and then found its classes gone: a page of stack trace after a job
   * that was done.
   */
  static void endActorsByFlinkAlone() {
    System.setProperty("pekko.jvm-shutdown-hooks", "off");
  }

  /** The folder with the settings, made once in a process. */
  static synchronized String configuration() throws IOException {
    if (folder == null) {
      Configuration settings =
          Configuration.fromMap(
              Map.of(
                  JobManagerOptions.BIND_HOST.key(), LOOPBACK,
                  TaskManagerOptions.BIND_HOST.key(), LOOPBACK,
                  RestOptions.BIND_ADDRESS.key(), LOOPBACK,
                  HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.key(),
                      Long.toString(HEARTBEAT_TIMEOUT.toMillis())));
      folder = ConfFolder.write("ghostbeam-flink-", settings).toString();
    }
    return folder;
  }
}
