package ghostbeam.pipelines.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.FreshJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageJobTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path folder;

  /**
   * The class path as jars, except for the large native libraries, which the command does not need.
   */
  private List<Path> jars() throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String entry : FreshJvm.classPath().split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (entry.endsWith("classes") && Files.isDirectory(path)) {
        jars.add(jar(path));
      } else if (entry.matches(".*/(?!pytorch-native|opencv-)[^/]+\\.jar")) {
        jars.add(path);
      }
    }
    return jars;
  }

  private Path jar(Path classes) throws IOException {
    Path jar = folder.resolve(classes.toString().replace('/', '-').substring(1) + ".jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
    return jar;
  }

  private String start(Path directory, int code, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(directory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(code, process.waitFor(), said);
    return said;
  }

  @Test
  void runsWhereItIsUnpacked() throws Exception {
    Path archive = PackageJob.write(HOME, jars(), folder.resolve("out"), "1.2");
    assertEquals(folder.resolve("out/ghostbeam-1.2.tar"), archive);
    start(folder, 0, "tar", "xf", archive.toString());
    Path home = folder.resolve("ghostbeam-1.2");
    assertEquals(
        Set.of("run", "lib", "README.md", "LICENSE", "model", "transforms", "pipelines"),
        names(home).stream()
            .filter(name -> !name.equals("THIRD-PARTY.txt")) // of a build that has got so far
            .collect(Collectors.toSet()));
    String said = start(home, 0, "./run", "inspect", "ghostnet-1x");
    assertTrue(said.contains("parameters                5,182,508\n"), said);
    assertTrue(said.startsWith("kind "), said);
    assertEquals(
        "ghostbeam: tests run only in a source checkout; "
            + home.toRealPath()
            + " holds only the program\n",
        start(home, 1, "./run", "test"));
  }

  /** Whenever it is made, from files of any age, mode and order. */
  @Test
  void hasTheSameBytesEachTime() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    for (String name : List.of("run", "LICENSE", "README.md", "a.jar", "b.jar")) {
      Files.writeString(home.resolve(name), name);
    }
    List<Path> jars = List.of(home.resolve("a.jar"), home.resolve("b.jar"));
    Path first = PackageJob.write(home, jars, folder.resolve("first"), "1");
    Files.writeString(home.resolve("run"), "run");
    assertTrue(home.resolve("a.jar").toFile().setLastModified(0));
    assertTrue(home.resolve("b.jar").toFile().setExecutable(true));
    Path second =
        PackageJob.write(home, List.of(jars.get(1), jars.get(0)), folder.resolve("second"), "1");
    assertEquals(-1, Files.mismatch(first, second));
    String listed = start(folder, 0, "tar", "tvf", first.toString());
    assertEquals(
        List.of("run", "lib/java.options", "LICENSE", "README.md", "lib/a.jar", "lib/b.jar"),
        listed.lines().map(line -> line.replaceFirst(".* ghostbeam-1/", "")).toList());
    assertTrue(listed.startsWith("-rwxr-xr-x root/root "), listed);
    IOException again =
        assertThrows(
            IOException.class, () -> PackageJob.write(home, jars, folder.resolve("first"), "1"));
    assertTrue(again.getMessage().startsWith(first + " already exists; "), again::getMessage);
  }

  @Test
  void leavesNothingOfOneThatFails() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.writeString(home.resolve("run"), "");
    Path out = folder.resolve("out");
    assertThrows(IOException.class, () -> PackageJob.write(home, List.of(), out, "1"));
    assertEquals(Set.of(), names(out));
  }

  private static Set<String> names(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
