package ghostbeam.pipelines.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.cli.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoFolderTest {
  @TempDir Path folder;

  @Test
  void bundlesBalancedImagesInImageNetsLayoutWithTheirLicense() throws IOException {
    Path sample = DemoFolder.prepare(folder.resolve("new").toString()).sample();
    assertTrue(Files.size(sample) <= 8 << 20, () -> sample + " is too large");
    Map<String, Integer> counts = new TreeMap<>();
    try (ZipFile zip = new ZipFile(sample.toFile())) {
      List<? extends ZipEntry> entries = zip.stream().toList();
      assertEquals(6001, entries.size());
      for (ZipEntry entry : entries) {
        assertEquals(ZipEntry.STORED, entry.getMethod(), entry.getName());
        counts.merge(
            entry.getName().replaceFirst("/n\\d\\d_[^/]*/[^/]*\\.JPEG$", ""), 1, Integer::sum);
      }
      String license =
          new String(
              zip.getInputStream(zip.getEntry("LICENSE")).readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(license.contains("The MIT License"), license);
    }
    assertEquals(Map.of("LICENSE", 1, "train", 5000, "val", 1000), counts);
  }

  @Test
  void clearsAnEarlierDemosFolder() throws IOException {
    DemoFolder made = DemoFolder.prepare(folder.toString());
    Path old = made.training().resolve("checkpoints/old.safetensors");
    Files.createDirectories(old.getParent());
    Files.writeString(old, "old");
    Path notes = folder.resolve("my-notes.txt");
    Files.writeString(notes, "mine");
    DemoFolder.prepare(folder.toString());
    assertFalse(Files.exists(made.training()));
    assertTrue(Files.exists(notes));
  }

  @Test
  void refusesAFolderWithOtherFiles() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    UsageException refusal =
        assertThrows(UsageException.class, () -> DemoFolder.prepare(folder.toString()));
    assertEquals(
        folder + " has files that are not a demo's; choose a new folder with --output=",
        refusal.getMessage());
    assertTrue(Files.exists(folder.resolve("data")));
  }

  @Test
  void refusesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThrows(UsageException.class, () -> DemoFolder.prepare(file.toString()));
  }
}
