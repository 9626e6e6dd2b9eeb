package ghostbeam.pipelines.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.DeflaterInputStream;
import org.junit.jupiter.api.Test;

final class RemoteRunTest {
  private static final Address ADDRESS = new Address("flink", 8081);
  private static final ClassPath CLASS_PATH =
      new ClassPath(
          List.of(Path.of("/x/pipelines.jar"), Path.of("/x/beam-sdks-java-core-2.jar")),
          List.of(
              Path.of("/x/opencv-4.jar"),
              Path.of("/x/jna-5.jar"),
              Path.of("/x/flink-core-1.19.0.jar"),
              Path.of("/x/logback-classic-1.jar")));

  @Test
  void stagesOnlyTheModulesAndBeam() throws IOException {
    assertEquals(
        List.of("/x/pipelines.jar", "/x/beam-sdks-java-core-2.jar"),
        RemoteRun.filesToStage(CLASS_PATH, Set.of("opencv-4.jar", "jna-5.jar"), ADDRESS));
  }

  /** What each job sends to each machine; here classes are files, which are packed on the way. */
  @Test
  void stagesAFewMegabytes() throws IOException {
    long bytes = 0;
    for (Path entry : ClassPath.current().job()) {
      try (Stream<Path> files = Files.walk(entry)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          bytes += Files.isDirectory(entry) ? packed(file) : Files.size(file);
        }
      }
    }
    assertTrue(bytes > 12 << 20 && bytes < 20 << 20, bytes + " bytes");
  }

  private static long packed(Path file) throws IOException {
    try (InputStream in = new DeflaterInputStream(Files.newInputStream(file))) {
      return in.transferTo(OutputStream.nullOutputStream());
    }
  }

  @Test
  void refusesAClusterWithoutTheLibraries() {
    IOException one =
        assertThrows(
            IOException.class,
            () -> RemoteRun.filesToStage(CLASS_PATH, Set.of("jna-5.jar"), ADDRESS));
    IOException two =
        assertThrows(
            IOException.class, () -> RemoteRun.filesToStage(CLASS_PATH, Set.of(), ADDRESS));
    assertEquals(
        "the cluster at flink:8081 lacks opencv-4.jar in its lib folder; './run cluster export DIR'"
            + " writes what belongs there, and './run cluster start' starts a cluster that has it",
        one.getMessage());
    assertEquals(
        "the cluster at flink:8081 lacks opencv-4.jar and 1 other jars in its lib folder",
        two.getMessage().split(";", -1)[0]);
  }

  @Test
  void takesAddressesAsUsersWriteThem() {
    assertEquals(ADDRESS, Address.parse("flink"));
    assertEquals(ADDRESS, Address.parse("http://flink:8081"));
    assertEquals(new Address("10.0.0.1", 9081), Address.parse("10.0.0.1:9081"));
  }
}
