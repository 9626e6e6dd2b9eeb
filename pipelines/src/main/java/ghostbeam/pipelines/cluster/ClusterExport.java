package ghostbeam.pipelines.cluster;

import ghostbeam.pipelines.remote.ClassPath;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.flink.util.FileUtils;

/** Writes the files that an operator installs on an existing Flink 1.19 cluster. */
final class ClusterExport {
  private ClusterExport() {}

  /**
   * Writes {@code lib}, for Flink's lib folder; {@code flink}, Flink itself, for machines without a
   * distribution; {@code conf}; and {@code ghostbeam.env}. The folder appears atomically.
   */
  static void write(Path folder, PrintStream out) throws IOException {
    if (Files.exists(folder)) {
      throw new IOException(folder + " already exists; export needs a new folder");
    }
    List<Path> jars = ClassPath.current().libraries();
    Predicate<Path> flinks = jar -> ClassPath.isFlink(jar) || ClassPath.isLogging(jar);
    List<Path> flink = jars.stream().filter(flinks).toList();
    List<Path> lib = jars.stream().filter(flinks.negate()).toList();
    Path part = folder.resolveSibling(folder.getFileName() + ".part");
    FileUtils.deleteDirectory(part.toFile());
    long libBytes = copy(lib, part.resolve("lib"));
    long flinkBytes = copy(flink, part.resolve("flink"));
    ClusterSettings.writeGeneral(part.resolve("conf"));
    ClusterSettings.writeEnvironment(part.resolve("ghostbeam.env"));
    Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    out.printf(
        Locale.ROOT,
        "%s/lib: %d jars, %d MB, for the lib folder of Flink 1.19 on every machine%n",
        folder,
        lib.size(),
        libBytes / 1_000_000);
    out.printf(
        Locale.ROOT,
        "%s/flink: %d jars, %d MB, Flink itself, for machines without a distribution%n",
        folder,
        flink.size(),
        flinkBytes / 1_000_000);
    out.printf("%s/conf: settings, to which you must add addresses%n", folder);
    out.printf("%s/ghostbeam.env: environment of the TaskManagers%n", folder);
  }

  /** Copies jars into a new folder and returns their total size in bytes. */
  private static long copy(List<Path> jars, Path folder) throws IOException {
    Files.createDirectories(folder);
    long bytes = 0;
    for (Path jar : jars) {
      bytes += Files.size(Files.copy(jar, folder.resolve(jar.getFileName())));
    }
    return bytes;
  }
}
