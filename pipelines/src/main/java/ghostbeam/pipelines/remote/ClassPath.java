package ghostbeam.pipelines.remote;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars and folders of this process's class path.
 *
 * <p>Beam is staged with each job, though it is large: its coders find only classes visible to its
 * own class loader, and jobs on one cluster must not share its static state, such as a store's
 * endpoint.
 *
 * @param job what is staged with a job: the three modules and Beam
 * @param libraries what a cluster has in its lib folder: everything else, including native
 *     libraries, which a process loads only once
 */
public record ClassPath(List<Path> job, List<Path> libraries) {

  /** The class path of this process. */
  public static ClassPath current() {
    List<Path> modules =
        Stream.of(Manifest.class, BeamStorage.class, ClassPath.class)
            .map(ClassPath::origin)
            .distinct()
            .toList();
    List<Path> others =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath())
            .filter(entry -> entry.toString().endsWith(".jar") && Files.isRegularFile(entry))
            .filter(entry -> !modules.contains(entry))
            .toList();
    Stream<Path> beam =
        others.stream().filter(jar -> isBeam(jar) && !name(jar).startsWith("beam-runners-direct-"));
    return new ClassPath(
        Stream.concat(modules.stream(), beam).toList(),
        others.stream().filter(jar -> !isBeam(jar)).toList());
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " comes from no file", e);
    }
  }

  /** Whether a jar is Flink's own, of which an existing cluster has the version that it runs. */
  public static boolean isFlink(Path jar) {
    return name(jar).startsWith("flink-");
  }

  /** Whether a jar is for logging, of which an existing cluster has its own. */
  public static boolean isLogging(Path jar) {
    return name(jar).matches("(logback-|slf4j-|jul-to-slf4j-).*");
  }

  private static boolean isBeam(Path jar) {
    return name(jar).startsWith("beam-") && !name(jar).startsWith("beam-vendor-");
  }

  static String name(Path jar) {
    return jar.getFileName().toString();
  }
}
