package ghostbeam.pipelines.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;

/** Configuration for Flink's client, which reads it only from a folder. */
public final class ConfFolder {
  private ConfFolder() {}

  /**
   * Writes the configuration into a new folder in the system's temporary folder; it is deleted when
   * the process ends.
   *
   * @param prefix of its name
   */
  public static Path write(String prefix, Configuration configuration) throws IOException {
    try {
      Path folder = Files.createTempDirectory(prefix);
      Path file = folder.resolve(GlobalConfiguration.FLINK_CONF_FILENAME);
      Files.write(file, ConfigurationUtils.convertConfigToWritableLines(configuration, true));
      // Last registered, first deleted.
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new IOException(
          "no temporary file could be written in %s; free some space there or name another folder with -Djava.io.tmpdir in JAVA_TOOL_OPTIONS"
              .formatted(System.getProperty("java.io.tmpdir")),
          e);
    }
  }
}
