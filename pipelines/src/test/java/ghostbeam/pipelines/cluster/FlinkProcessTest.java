package ghostbeam.pipelines.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class FlinkProcessTest {
  private static final List<String> SMALL = List.of("-Xmx16m", "-XX:TieredStopAtLevel=1");

  @TempDir Path temporary;
  private ClusterFolder folder;
  private FlinkProcess process;

  /** Stands in for Flink and idles until it is terminated. */
  static final class Idle {
    private Idle() {}

    public static void main(String[] args) throws InterruptedException {
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @BeforeEach
  void makeFolder() throws IOException {
    folder = new ClusterFolder(temporary.resolve("cluster"));
    folder.create();
    String name = Idle.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(folder.lib().resolve("idle.jar"));
        ZipOutputStream jar = new ZipOutputStream(file)) {
      jar.putNextEntry(new ZipEntry(name));
      jar.write(Idle.class.getClassLoader().getResourceAsStream(name).readAllBytes());
    }
    process = folder.jobManager();
  }

  @AfterEach
  void endAll() {
    children().forEach(ProcessHandle::destroyForcibly);
  }

  private void start() throws IOException {
    process.start(SMALL, Idle.class.getName(), List.of());
  }

  /** The processes that this test started. */
  private List<ProcessHandle> children() {
    return ProcessHandle.current()
        .descendants()
        .filter(child -> child.info().commandLine().orElse("").contains(folder.root() + "/"))
        .toList();
  }

  @Test
  void isFoundByItsPidFileUntilStopped() throws Exception {
    start();
    assertTrue(process.isAlive());
    assertEquals(1, children().size());

    process.stop();

    assertFalse(process.isAlive());
    assertEquals(List.of(), children());
  }

  /** Otherwise, for a user without a home, they would go to a folder named {@code ?}. */
  @Test
  void unpacksLibrariesInTheClustersFolder() throws Exception {
    start();
    String command = children().get(0).info().commandLine().orElseThrow();
    assertTrue(command.contains(" -Djna.tmpdir=" + folder.temporary() + " "), command);
  }

  /** Otherwise nobody could find it, and it would occupy its port forever. */
  @Test
  void isKilledIfItsPidCannotBeWritten() throws Exception {
    Files.createSymbolicLink(folder.pidFile(process.name()), Path.of("/dev/full"));

    IOException full = assertThrows(IOException.class, this::start);

    assertEquals(folder.pidFile(process.name()) + ": No space left on device", full.getMessage());
    assertEquals(List.of(), children());
    assertEquals(List.of(), folder.taskManagers());
    assertEquals(0, process.pid());
  }

  @Test
  void refusesAnotherUsersFolder() throws IOException {
    ClusterFolder file = new ClusterFolder(Files.createFile(temporary.resolve("file")));

    IOException refusal = assertThrows(IOException.class, file::create);

    assertEquals(
        file.root()
            + " does not belong to this user; remove it, or set another temporary folder with"
            + " -Djava.io.tmpdir in JAVA_TOOL_OPTIONS",
        refusal.getMessage());
  }
}
