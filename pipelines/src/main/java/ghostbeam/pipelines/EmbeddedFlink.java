package ghostbeam.pipelines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Configuration of the Flink that runs inside this process: its servers, the one for uploaded files
 * too, listen on this machine's loopback address alone.
 */
final class EmbeddedFlink {
  private static final String CONFIGURATION =
      """
      jobmanager.bind-host: 127.0.0.1
      taskmanager.bind-host: 127.0.0.1
      rest.bind-address: 127.0.0.1
      """;

  private static String folder;

  private EmbeddedFlink() {}

  /** A folder with the configuration, in the temporary one; made once, it goes with the process. */
  static synchronized String configuration() {
    if (folder == null) {
      try {
        Path made = Files.createTempDirectory("ghostbeam-flink-");
        Path file = Files.writeString(made.resolve("flink-conf.yaml"), CONFIGURATION);
        // Last registered, first deleted.
        made.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
        folder = made.toString();
      } catch (IOException e) {
        throw new UncheckedIOException(
            "no temporary file could be written in %s; free some space there or name another folder with -Djava.io.tmpdir in JAVA_TOOL_OPTIONS"
                .formatted(System.getProperty("java.io.tmpdir")),
            e);
      }
    }
    return folder;
  }
}
