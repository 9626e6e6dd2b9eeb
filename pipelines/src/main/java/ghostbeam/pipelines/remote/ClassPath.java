package ghostbeam.pipelines.remote;

import ghostbeam.model.record.Manifest;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process's classes come from.
 *
 * @param ours the three modules: what travels with a job
 * @param libraries jars of everything else: what a cluster has in its lib folder
 */
public record ClassPath(List<Path> ours, List<Path> libraries) {

  /** This process's own. */
  public static ClassPath current() {
    List<Path> ours =
        Stream.of(Manifest.class, BeamStorage.class, ClassPath.class)
            .map(ClassPath::origin)
            .distinct()
            .toList();
    List<Path> libraries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath())
            .filter(entry -> entry.toString().endsWith(".jar") && Files.isRegularFile(entry))
            .filter(entry -> !ours.contains(entry))
            .toList();
    return new ClassPath(ours, libraries);
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " comes from no file", e);
    }
  }

  /** Whether a jar is Flink's own, which a standing cluster has in whatever 1.19 it runs. */
  public static boolean isFlink(Path jar) {
    return name(jar).startsWith("flink-");
  }

  /** Whether a jar is for logging, of which a standing cluster has its own. */
  public static boolean isLogging(Path jar) {
    return name(jar).matches("(logback-|slf4j-|jul-to-slf4j-).*");
  }

  static String name(Path jar) {
    return jar.getFileName().toString();
  }
}
