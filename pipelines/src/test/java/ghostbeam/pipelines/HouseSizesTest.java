package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits on the size of classes and packages. */
final class HouseSizesTest {
  private static final int LONGEST_FILE = 300;
  private static final int LARGEST_ROOM = 16;

  /** Packages that may be larger. */
  private static final Map<String, Integer> LARGER_ROOMS =
      Map.of(
          // Two libraries and five formats of files, each of which only this room may know.
          "model/codec", 24,
          // Full at 16; a class more for each format of foreign weights, and for each rule of
          // labels.
          "model/checkpoint", 20,
          "transforms/ingest", 20);

  private static final Path ROOT = Path.of("..");

  private static List<Path> sources() throws IOException {
    List<Path> sources;
    try (Stream<Path> all = Files.walk(ROOT)) {
      sources =
          all.filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/main/java/"))
              .toList();
    }
    assertTrue(sources.size() > 100, () -> "only " + sources.size() + " sources found");
    return sources;
  }

  private static long lines(Path file) {
    try {
      return Files.readAllLines(file).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void noFileIsLongerThanThreeHundredLines() throws IOException {
    Map<Path, Long> tooLong = new TreeMap<>();
    for (Path file : sources()) {
      long lines = lines(file);
      if (lines > LONGEST_FILE) {
        tooLong.put(file, lines);
      }
    }
    assertEquals(Map.of(), tooLong);
  }

  @Test
  void noPackageIsCrowdedOrUndocumented() throws IOException {
    Map<Path, List<String>> rooms =
        sources().stream()
            .collect(
                Collectors.groupingBy(
                    Path::getParent,
                    TreeMap::new,
                    Collectors.mapping(
                        file -> file.getFileName().toString(), Collectors.toList())));
    assertTrue(rooms.size() > 8, rooms.keySet().toString());
    rooms.forEach(
        (room, files) -> {
          assertTrue(files.contains("package-info.java"), () -> room + " is not described");
          String name = ROOT.relativize(room).toString().replaceFirst(".*ghostbeam/", "");
          int limit = LARGER_ROOMS.getOrDefault(name, LARGEST_ROOM);
          assertTrue(files.size() - 1 <= limit, () -> room + " holds " + files.size() + " files");
        });
  }
}
