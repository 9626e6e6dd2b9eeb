package ghostbeam.transforms.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.record.Storage;
import ghostbeam.transforms.ingest.ImageRef.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageReaderTest {
  private static final Map<String, byte[]> FILES =
      new TreeMap<>(
          Map.of(
              "n1/a", "an image".repeat(1000).getBytes(UTF_8),
              "n1/b", "another".repeat(3000).getBytes(UTF_8),
              "n2/c", new byte[0],
              "n2/d", "x".getBytes(UTF_8)));

  @TempDir Path temporary;

  @Test
  void readsFilesOfAFolder() throws Exception {
    assertReadsAll(Archives.folder(temporary.resolve("folder"), FILES), EnumSet.of(Packing.PLAIN));
  }

  @Test
  void readsZipEntriesInPlace() throws Exception {
    assertReadsAll(
        Archives.zip(temporary.resolve("a.zip"), FILES),
        EnumSet.of(Packing.ZIP_STORED, Packing.ZIP_DEFLATED));
  }

  @Test
  void readsZip64WithLongLocalHeaders() throws Exception {
    assertReadsAll(
        Archives.zip(temporary.resolve("a.zip"), FILES, Zip64Mode.Always, 5000),
        EnumSet.of(Packing.ZIP_STORED, Packing.ZIP_DEFLATED));
  }

  @Test
  void rejectsAnEntryWhoseBytesChanged() throws Exception {
    Path zip = Archives.zip(temporary.resolve("a.zip"), FILES);
    ImageRef stored = image(zip, "n1/a");
    byte[] bytes = Files.readAllBytes(zip);
    bytes[(int) stored.offset() + 500] ^= 1;
    Files.write(zip, bytes);

    String reason = rejection(stored);
    assertTrue(reason.startsWith("has CRC-32 "), reason);
    assertTrue(reason.endsWith(String.format("expected %08x", stored.crc32())), reason);
  }

  @Test
  void rejectsAnEntryThatInflatesToAnotherLength() throws Exception {
    ImageRef image = image(Archives.zip(temporary.resolve("a.zip"), FILES), "n1/b");
    assertEquals(Packing.ZIP_DEFLATED, image.packing());

    assertEquals(
        "inflates to more than 20999 bytes, expected 20999",
        rejection(withLengths(image, image.length(), 20999)));
    assertEquals(
        "inflates to only 21000 bytes, expected 21001",
        rejection(withLengths(image, image.length(), 21001)));
    assertTrue(
        rejection(withLengths(image, image.length() - 3, 21000)).startsWith("inflates to only"));
  }

  @Test
  void rejectsAnEntryThatIsNotWhereTheDirectorySays() throws Exception {
    Path zip = Archives.zip(temporary.resolve("a.zip"), FILES);
    ImageRef image = image(zip, "n1/a");

    assertEquals("has no local header at 1 in the zip", rejection(at(image, 1)));
    assertEquals(
        "has no local header at 9000000000000 in the zip",
        rejection(at(image, 9_000_000_000_000L)));
    assertEquals(
        "runs past the end of the zip",
        rejection(withLengths(image, Files.size(zip), Files.size(zip))));
  }

  @Test
  void rejectsABombBeforeTakingMemoryForIt() throws Exception {
    ImageRef image = image(Archives.zip(temporary.resolve("a.zip"), FILES), "n1/b");

    String reason = rejection(withLengths(image, image.length(), 1L << 50));

    assertEquals("has 1125899906842624 bytes, more than the limit 67108864", reason);
  }

  @Test
  void failsWhereAFileChangedSinceItWasListed() throws Exception {
    Path folder = Archives.folder(temporary.resolve("folder"), FILES);
    ImageRef image = image(folder, "n1/a");
    for (String content : new String[] {"shorter", "longer".repeat(9000)}) {
      Files.writeString(folder.resolve("n1/a"), content);

      try (ImageReader reader = new ImageReader(Storage.local())) {
        IOException failure = assertThrows(IOException.class, () -> reader.read(image));
        assertTrue(failure.getMessage().contains("changed while it was read"));
      }
    }
  }

  @Test
  void codesEveryKindOfReference() throws Exception {
    for (Packing packing : Packing.values()) {
      ImageRef image =
          new ImageRef("gs://b/é.zip", 1L << 40, 3, packing, 1L << 33, -1, "n1/ü.JPEG", 999);
      CoderProperties.coderDecodeEncodeEqual(ImageRefCoder.of(), image);
      CoderProperties.coderDeterministic(
          ImageRefCoder.of(), image, withLengths(image, 3, 1L << 33));
    }
    CoderProperties.coderSerializable(ImageRefCoder.of());
  }

  private static void assertReadsAll(Path source, Set<Packing> packings) throws Exception {
    ImageListing listing = ImageListing.of(Storage.local(), source.toString(), "train");
    Set<Packing> seen = EnumSet.noneOf(Packing.class);
    long stored = 0;
    try (ImageReader reader = new ImageReader(Storage.local())) {
      for (ImageRef image : listing.images()) {
        assertArrayEquals(FILES.get(image.key()), reader.read(image), image.key());
        seen.add(image.packing());
        stored += image.length();
      }
      assertEquals(stored, reader.bytesRead());
    }
    assertEquals(FILES.keySet(), Set.copyOf(listing.images().stream().map(ImageRef::key).toList()));
    assertEquals(packings, seen);
  }

  private static ImageRef image(Path source, String key) throws IOException {
    return ImageListing.of(Storage.local(), source.toString(), "train").images().stream()
        .filter(image -> image.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static String rejection(ImageRef image) throws IOException {
    try (ImageReader reader = new ImageReader(Storage.local())) {
      return assertThrows(UndecodableImageException.class, () -> reader.read(image)).getMessage();
    }
  }

  private static ImageRef at(ImageRef image, long offset) {
    return new ImageRef(
        image.uri(),
        offset,
        image.length(),
        image.packing(),
        image.imageBytes(),
        image.crc32(),
        image.key(),
        image.label());
  }

  private static ImageRef withLengths(ImageRef image, long length, long imageBytes) {
    return new ImageRef(
        image.uri(),
        image.offset(),
        length,
        image.packing(),
        imageBytes,
        image.crc32(),
        image.key(),
        image.label());
  }
}
