package ghostbeam.pipelines.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.transforms.source.InvalidSourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect --input}. */
final class SourceFactsTest {
  @TempDir Path folder;

  private static JsonNode facts(String... flags) throws IOException {
    InspectOptions options = PipelineOptionsFactory.fromArgs(flags).as(InspectOptions.class);
    options.setJson(true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InspectJob.run(options, new PrintStream(bytes, true, UTF_8));
    return JsonMapper.builder().build().readTree(bytes.toString(UTF_8));
  }

  private Path tar() throws IOException {
    Path tar = folder.resolve("a.tar");
    try (OutputStream file = Files.newOutputStream(tar);
        TarArchiveOutputStream out = new TarArchiveOutputStream(file, "UTF-8")) {
      for (String name : List.of("x.jpg", "x.cls", "y.jpg", "y.cls")) {
        byte[] body = name.endsWith("cls") ? "1".getBytes(UTF_8) : new byte[700];
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(body.length);
        out.putArchiveEntry(entry);
        out.write(body);
        out.closeArchiveEntry();
      }
    }
    return tar;
  }

  @Test
  void saysTheFormAndHowTheFirstRecordsWouldBeLabelled() throws IOException {
    Path tar = tar();
    JsonNode facts = facts("--input=" + tar, "--classes=2");

    assertEquals("source", facts.path("kind").asText());
    assertEquals("webdataset", facts.path("format").asText());
    assertEquals(1, facts.path("files").asInt());
    assertEquals(Files.size(tar), facts.path("bytes").asLong());
    assertEquals(2, facts.path("first").size());
    assertEquals("a.tar/y.jpg", facts.path("first").path(1).path("key").asText());
    assertEquals(1, facts.path("first").path(1).path("label").asInt());
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void saysWhatPreprocessWouldRefuse() throws IOException {
    JsonNode facts = facts("--input=" + tar());

    assertTrue(facts.path("refused").asText().contains("give --classes"), facts.toString());
    assertEquals(2, facts.path("first").size());
  }

  @Test
  void listsClassFolders() throws IOException {
    for (String name : List.of("b/1.jpg", "a/2.jpg", "a/3.jpg", "a/notes.txt")) {
      Files.createDirectories(folder.resolve("in").resolve(name).getParent());
      Files.write(folder.resolve("in").resolve(name), new byte[10]);
    }
    JsonNode facts = facts("--input=" + folder.resolve("in"));

    assertEquals("folders", facts.path("format").asText());
    assertEquals(3, facts.path("images").asInt());
    assertEquals(2, facts.path("classes").asInt());
    assertEquals(30, facts.path("bytes").asInt());
    assertEquals(List.of("a/2.jpg", "b/1.jpg"), facts.path("first").findValuesAsText("key"));
    assertEquals(List.of("0", "1"), facts.path("first").findValuesAsText("label"));
    assertEquals(1, facts.path("otherFiles").asInt());
    assertEquals(1, facts.path("leftOut").path(0).path("files").asInt());
    assertTrue(facts.path("leftOut").path(0).path("kind").asText().contains("a/notes.txt"));
  }

  /** Wherever a disk lists it: the first thousand images show class folders. */
  @Test
  void refusesAStrayTarAmongManyImages() throws IOException {
    Path images = Files.createDirectories(folder.resolve("n01"));
    for (int i = 0; i < 1001; i++) {
      Files.createFile(images.resolve(i + ".jpg"));
    }
    Path tar = tar();
    InvalidSourceException refused =
        assertThrows(InvalidSourceException.class, () -> facts("--input=" + folder));
    assertEquals(
        "%s holds WebDataset tars (%s) and images (%s); give --format=webdataset or folders"
            .formatted(folder, tar, images.resolve("0.jpg")),
        Words.oneLine(refused));
  }

  @Test
  void takesAPathOrAnInput() {
    assertThrows(UsageException.class, SourceFactsTest::facts);
    assertThrows(UsageException.class, () -> facts("--input=x", "--what=y"));
    assertThrows(UsageException.class, () -> facts("--input=x", "--format=y"));
  }
}
