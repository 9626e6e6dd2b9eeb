package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base for tests with a folder of streamed files. */
abstract class StreamedCase {
  static final byte[] IMAGE = {1, 2, 3};

  @TempDir Path folder;
  Path source;

  @BeforeEach
  void makeFolder() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
  }

  Optional<StreamedSource> find(Path input, String split, String format) throws IOException {
    ImageSource images = ImageSource.of(input.toString(), split).withClasses("3");
    Optional<StreamedSource> found = StreamedSource.find(Storage.local(), images, format);
    if (found.isPresent()) {
      found.get().requireLabels(Storage.local());
    }
    return found;
  }

  StreamedSource found() throws IOException {
    return find(source, "train", "auto").orElseThrow();
  }

  Path tar(String name, Map<String, String> files) throws IOException {
    Map<String, byte[]> bytes = new TreeMap<>();
    files.forEach((path, text) -> bytes.put(path, text.getBytes(UTF_8)));
    return SourceArchives.tar(source.resolve(name), bytes);
  }

  void records(String name) throws IOException {
    StreamedFiles.tfRecords(
        source.resolve(name), List.of(StreamedFiles.tensorFlowDatasets(IMAGE, 1, "a.jpg")));
  }

  void assertRefused(String words, String split, String format) {
    IOException refusal =
        assertThrows(IOException.class, () -> find(source, split, format).orElseThrow());
    String told =
        refusal.getMessage()
            + Advice.about(refusal)
                .map(advice -> " " + advice.remedy() + " " + advice.facts())
                .orElse("");
    assertTrue(told.contains(words), told);
    assertEquals(1, refusal.getMessage().lines().count());
  }
}
