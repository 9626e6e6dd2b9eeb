package ghostbeam.pipelines.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.verdict.Report;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Packages a release: one archive that runs wherever there is a Java runtime. */
public final class PackageJob {
  private PackageJob() {}

  /**
   * Writes {@code ghostbeam-VERSION.tar}, whole or not at all: the script, the jars that this
   * process runs from, licences and guides.
   *
   * @throws IOException if the archive exists, or a file cannot be read or written
   * @throws IllegalStateException if this process was not started by the script
   */
  public static void run(PackageOptions options, PrintStream out) throws IOException {
    String home = System.getProperty("ghostbeam.home");
    if (home == null) {
      throw new IllegalStateException("the folder of the run script is unknown; use ./run package");
    }
    Path archive =
        write(
            Path.of(home),
            jars(),
            Path.of(Launch.absolute(options.getOutput())),
            Report.Software.current().version());
    out.printf(
        Locale.ROOT,
        "%s: %d MB; needs Linux and Java 17 or newer, no Maven, sources or network:%n"
            + "  tar xf %s && ghostbeam-%s/run demo%n",
        archive,
        Files.size(archive) / 1_000_000,
        archive,
        Report.Software.current().version());
  }

  /** The jars of the class path. */
  private static List<Path> jars() throws IOException {
    List<Path> entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    for (Path entry : entries) {
      if (!entry.toString().endsWith(".jar")) {
        throw new IOException(entry + " is not a jar; package what ./run has built");
      }
    }
    return entries;
  }

  /**
   * Writes the archive; its bytes depend only on the files and the version.
   *
   * @param home folder of the script and the guides
   * @param jars with distinct names
   * @param folder for the archive
   * @return the archive
   */
  static Path write(Path home, List<Path> jars, Path folder, String version) throws IOException {
    Path archive = folder.resolve("ghostbeam-" + version + ".tar");
    if (Files.exists(archive)) {
      throw new IOException(archive + " already exists; remove it, or choose another --output");
    }
    Map<String, Path> files = new TreeMap<>(texts(home));
    for (Path jar : jars) {
      files.put("lib/" + jar.getFileName(), jar);
    }
    try (ReleaseArchive release = ReleaseArchive.create(archive, "ghostbeam-" + version + "/")) {
      release.addExecutable("run", home.resolve("run"));
      release.add("lib/java.options", options());
      for (var file : files.entrySet()) {
        release.add(file.getKey(), file.getValue());
      }
      release.finish();
    }
    return archive;
  }

  /**
   * Licences, guides and their pictures, by path relative to {@code home}; beside the script only
   * known files, so that nothing a job wrote there is packed.
   */
  private static Map<String, Path> texts(Path home) throws IOException {
    Map<String, Path> texts = new TreeMap<>();
    texts.put("README.md", home.resolve("README.md"));
    List<Path> modules =
        Stream.of("model", "transforms", "pipelines")
            .map(home::resolve)
            .filter(Files::isDirectory)
            .toList();
    for (Path module : modules) {
      try (Stream<Path> files = Files.list(module)) {
        files
            .filter(file -> file.toString().matches(".*\\.(md|png)"))
            .forEach(file -> texts.put(home.relativize(file).toString(), file));
      }
    }
    texts.put("LICENSE", home.resolve("LICENSE"));
    for (String place : List.of("pipelines/target/THIRD-PARTY.txt", "THIRD-PARTY.txt")) {
      if (Files.exists(home.resolve(place))) {
        texts.put("THIRD-PARTY.txt", home.resolve(place));
      }
    }
    return texts;
  }

  /** The Java options for the script, which in a checkout reads them from pom.xml. */
  private static byte[] options() throws IOException {
    try (InputStream in = PackageJob.class.getResourceAsStream("java.options")) {
      return new String(in.readAllBytes(), UTF_8).strip().getBytes(UTF_8);
    }
  }
}
