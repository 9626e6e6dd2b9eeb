package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Base for tests that list the same source as a folder, a zip and a tar. */
abstract class LayoutCase {
  @TempDir Path temporary;

  /** The same files as a folder, a zip or a tar. */
  enum Packed {
    FOLDER,
    ZIP,
    TAR;

    Path pack(Path place, Map<String, byte[]> files) throws IOException {
      return switch (this) {
        case FOLDER -> SourceArchives.folder(place.resolve("source"), files);
        case ZIP -> SourceArchives.zip(place.resolve("source.zip"), files);
        case TAR -> SourceArchives.tar(place.resolve("source.tar"), files);
      };
    }
  }

  static ImageListing list(ImageSource source) throws IOException {
    return ImageListing.of(Storage.local(), source);
  }

  ImageListing list(String split, String... paths) throws IOException {
    return list(ImageSource.of(zip(paths).toString(), split));
  }

  Path zip(String... paths) throws IOException {
    return SourceArchives.zip(temporary.resolve("source.zip"), contents(paths));
  }

  void assertRefused(String split, List<String> paths, String... words) throws IOException {
    assertRefused(ImageSource.of(zip(paths.toArray(String[]::new)).toString(), split), words);
  }

  static void assertRefused(ImageSource source, String... words) {
    IOException refusal = assertThrows(IOException.class, () -> list(source));
    assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
    String told =
        refusal.getMessage()
            + Advice.about(refusal)
                .map(advice -> " " + advice.remedy() + " " + advice.facts())
                .orElse("");
    for (String word : words) {
      assertTrue(told.contains(word), told);
    }
  }

  String file(String name, String content) throws IOException {
    return Files.writeString(temporary.resolve(name), content).toString();
  }
}
