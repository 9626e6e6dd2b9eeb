package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the script prints before Java starts, tested on a copy in an empty folder, where nothing is
 * built.
 */
final class RunScriptTest {
  @TempDir Path folder;
  private Path script;

  @BeforeEach
  void copyTheScript() throws IOException {
    Path home = Files.createDirectories(folder.resolve("a house"));
    script = Files.copy(Path.of("../run"), home.resolve("run"));
    for (String tool :
        new String[] {
          "bash",
          "dirname",
          "readlink",
          "grep",
          "find",
          "cat",
          "sed",
          "locale",
          "nproc",
          "rm",
          "mkdir",
          "mktemp",
          "touch",
          "mv",
          "flock",
          "sleep"
        }) {
      Path link = folder.resolve("bin").resolve(tool);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of("/usr/bin").resolve(tool));
    }
  }

  private String fail(Map<String, String> environment) throws Exception {
    String said = run(1, environment);
    assertEquals(1, said.lines().count(), said);
    return said;
  }

  private String run(int code, Map<String, String> environment) throws Exception {
    Process process = begin(environment, "--help");
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), said);
    return said;
  }

  private Process begin(Map<String, String> environment, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/bash", script.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", folder.resolve("bin").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Path javaHome(String version, String... tools) throws IOException {
    Path home = folder.resolve("jdk");
    for (String tool : tools) {
      Path file = home.resolve("bin").resolve(tool);
      Files.createDirectories(file.getParent());
      Files.writeString(
          file,
          "#!/usr/bin/bash\necho engine $PYTORCH_VERSION$DJL_DEFAULT_ENGINE libraries $DJL_CACHE_DIR\necho \"$@\"\necho locale $LC_ALL\nexit 99\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  @Test
  void asksForJava() throws Exception {
    assertTrue(
        fail(Map.of()).startsWith("ghostbeam: Java 17 or newer is needed and none was found"));
  }

  @Test
  void refusesAnOlderJava() throws Exception {
    String home = javaHome("11.0.2", "java", "javac").toString();
    assertEquals(
        "ghostbeam: Java 17 or newer is needed; " + home + "/bin/java is JAVA_VERSION=\"11.0.2\"\n",
        fail(Map.of("JAVA_HOME", home)));
  }

  @Test
  void saysWhatToDoInStrangeSurroundings() throws Exception {
    String home = javaHome("17.0.1", "java", "javac").toString();
    assertEquals(
        "ghostbeam: no file can be written in the temporary folder /nowhere; name another with"
            + " TMPDIR=FOLDER\n",
        fail(Map.of("JAVA_HOME", home, "TMPDIR", "/nowhere")));
    assertEquals(
        "ghostbeam: FLINK_CONF_DIR=/nowhere is not a folder; unset it, or name the folder of Flink's"
            + " config.yaml\n",
        fail(Map.of("JAVA_HOME", home, "FLINK_CONF_DIR", "/nowhere")));
  }

  /** For another engine than the build's own, DJL would search the network. */
  @Test
  void usesTheEnvironmentsFoldersButNotItsEngine() throws Exception {
    makeBuilt();
    String home = javaHome("17.0.1", "java").toString();
    String said =
        run(
            99,
            Map.of(
                "JAVA_HOME",
                home,
                "PYTORCH_VERSION",
                "2.1.0",
                "DJL_DEFAULT_ENGINE",
                "MXNet",
                "DJL_CACHE_DIR",
                "/natives",
                "TMPDIR",
                folder.toString()));
    assertTrue(said.contains("engine libraries /natives\n"), said);
    assertTrue(said.contains(" -Djava.io.tmpdir=" + folder + " "), said);
  }

  /** A Java that does not know the flag would not start. */
  @ParameterizedTest
  @CsvSource({"17.0.1, false", "22.0.2, false", "23, true", "25.0.3, true"})
  void permitsWhatNewerJavasWarnOf(String version, boolean knows) throws Exception {
    makeBuilt();
    String said = run(99, Map.of("JAVA_HOME", javaHome(version, "java").toString()));
    assertTrue(said.contains("--enable-native-access=ALL-UNNAMED "), said);
    assertEquals(knows, said.contains(" --sun-misc-unsafe-memory-access=allow "), said);
  }

  private void makeBuilt() throws IOException {
    Files.createDirectories(script.resolveSibling("pipelines/target"));
    Files.createFile(script.resolveSibling("pipelines/target/built"));
    Files.writeString(script.resolveSibling("pom.xml"), "<project/>");
    Files.setLastModifiedTime(script.resolveSibling("pom.xml"), FileTime.fromMillis(0));
  }

  /** The locale that Java sees, one that can name any file. */
  @ParameterizedTest
  @CsvSource({
    "LC_ALL, C, C.UTF-8",
    "LC_ALL, POSIX, C.UTF-8",
    "LANG, nobody_HAS.UTF-8, C.UTF-8",
    "LC_ALL, C.utf8, C.utf8",
  })
  void choosesALocaleThatCanNameAnyFile(String variable, String locale, String seen)
      throws Exception {
    makeBuilt();
    String home = javaHome("17.0.1", "java").toString();
    String said = run(99, Map.of("JAVA_HOME", home, variable, locale));
    assertTrue(said.endsWith("locale " + seen + "\n"), said);
  }

  /**
   * A Maven that waits while there is a file {@code hold}, and makes a program unless it is told to
   * build a part.
   */
  private Map<String, String> maven() throws IOException {
    Path maven = folder.resolve("bin/mvn");
    Files.writeString(
        maven,
        """
        #!/usr/bin/bash
        echo built >> "$PWD/builds"
        [[ $* != *-pl* ]] || exit 0
        while [[ -e hold ]]; do sleep 0.02; done
        mkdir -p pipelines/target/lib
        touch pipelines/target/pipelines-1.jar
        """);
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(script.resolveSibling("pom.xml"), "<project/>");
    Files.createDirectories(script.resolveSibling("pipelines/src/main"));
    Files.writeString(script.resolveSibling("pipelines/pom.xml"), "<project/>");
    return Map.of("JAVA_HOME", javaHome("17.0.1", "java", "javac").toString());
  }

  private long builds() throws IOException {
    return Files.readAllLines(script.resolveSibling("builds")).size();
  }

  @Test
  void buildsOnceForCommandsStartedAtTheSameTime() throws Exception {
    Map<String, String> environment = maven();
    Path hold = Files.createFile(script.resolveSibling("hold"));
    Process first = begin(environment, "--help");
    while (Files.notExists(script.resolveSibling("builds"))) {
      assertTrue(first.isAlive(), "it has ended without a build");
      Thread.sleep(5);
    }
    Process second = begin(environment, "--help");
    BufferedReader says = second.inputReader(StandardCharsets.UTF_8);
    assertEquals("Waiting for another ./run to build GhostBeam…", says.readLine());
    Files.delete(hold);
    for (Process process : List.of(first, second)) {
      assertEquals(99, process.waitFor());
    }
    assertEquals(1, builds());
  }

  /** After which the program must be built again. */
  @Test
  void buildsAgainAfterATestOfSomeModules() throws Exception {
    Map<String, String> environment = maven();
    assertEquals(0, begin(environment, "test", "-pl", "model").waitFor());
    run(99, environment);
    assertEquals(2, builds());
    run(99, environment);
    assertEquals(2, builds());
  }

  @Test
  void asksForMaven() throws Exception {
    String home = javaHome("17.0.1", "java", "javac").toString();
    assertTrue(fail(Map.of("JAVA_HOME", home)).contains("mvn is not on the PATH"));
  }
}
