package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script says before Java can; a copy of it in an empty house has nothing built. */
final class RunScriptTest {
  @TempDir Path folder;
  private Path script;

  @BeforeEach
  void copyTheScript() throws IOException {
    Path home = Files.createDirectories(folder.resolve("a house"));
    script = Files.copy(Path.of("../run"), home.resolve("run"));
    for (String tool : new String[] {"bash", "dirname", "readlink", "grep", "find", "cat"}) {
      Path link = folder.resolve("bin").resolve(tool);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of("/usr/bin").resolve(tool));
    }
  }

  private String fail(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/bash", script.toString(), "--help").redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", folder.resolve("bin").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor(), said);
    assertEquals(1, said.lines().count(), said);
    return said;
  }

  private Path javaHome(String version, String... tools) throws IOException {
    Path home = folder.resolve("jdk");
    for (String tool : tools) {
      Path file = home.resolve("bin").resolve(tool);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "#!/usr/bin/bash\nexit 99\n");
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
  void asksForMaven() throws Exception {
    String home = javaHome("17.0.1", "java", "javac").toString();
    assertTrue(fail(Map.of("JAVA_HOME", home)).contains("mvn is not on the PATH"));
  }
}
