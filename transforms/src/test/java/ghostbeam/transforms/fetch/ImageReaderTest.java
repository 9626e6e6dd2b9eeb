package ghostbeam.transforms.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.record.Storage;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageRefCoder;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.Packing;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
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
    assertReadsAll(
        SourceArchives.folder(temporary.resolve("folder"), FILES), EnumSet.of(Packing.PLAIN));
  }

  @Test
  void readsZipEntriesInPlace() throws Exception {
    assertReadsAll(
        SourceArchives.zip(temporary.resolve("a.zip"), FILES),
        EnumSet.of(Packing.ZIP_STORED, Packing.ZIP_DEFLATED));
  }

  @Test
  void readsZip64WithLongLocalHeaders() throws Exception {
    assertReadsAll(
        SourceArchives.zip(temporary.resolve("a.zip"), FILES, Zip64Mode.Always, 5000),
        EnumSet.of(Packing.ZIP_STORED, Packing.ZIP_DEFLATED));
  }

  @Test
  void readsMembersOfATarAndOfATarOfTars() throws Exception {
    assertReadsAll(SourceArchives.tar(temporary.resolve("a.tar"), FILES), EnumSet.of(Packing.TAR));
    Map<String, byte[]> inner = new TreeMap<>();
    for (String synset : List.of("n1", "n2")) {
      Map<String, byte[]> members = new TreeMap<>();
      FILES.forEach(
          (key, bytes) -> {
            if (key.startsWith(synset)) {
              members.put(key.substring(3), bytes);
            }
          });
      inner.put(
          synset + ".tar", SourceArchives.tar(members, TarArchiveOutputStream.LONGFILE_ERROR));
    }
    assertReadsAll(SourceArchives.tar(temporary.resolve("b.tar"), inner), EnumSet.of(Packing.TAR));
  }

  @Test
  void opensAnArchiveOnceAndReadsLittleMoreThanTheImages() throws Exception {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[20_000 + 97 * i];
      new Random(i).nextBytes(bytes);
      files.put(String.format("n%d/%03d", i % 2, i), bytes);
    }
    for (Path archive :
        List.of(
            SourceArchives.zip(temporary.resolve("a.zip"), files),
            SourceArchives.tar(temporary.resolve("a.tar"), files))) {
      List<ImageRef> images = new ArrayList<>(listing(archive).images());
      for (int take : new int[] {images.size(), 40}) {
        Collections.shuffle(images, new Random(take));
        assertReadsSparingly(files, images.subList(0, take));
      }
    }
  }

  private static void assertReadsSparingly(Map<String, byte[]> files, List<ImageRef> images)
      throws Exception {
    CountingStorage storage = new CountingStorage();
    long wanted = 0;
    try (ImageReader reader = new ImageReader(storage, images)) {
      for (ImageRef image : images) {
        assertArrayEquals(files.get(image.key()), reader.next(), image.key());
        wanted += image.length();
      }
      assertEquals(storage.bytes(), reader.bytesRead());
    }
    assertEquals(1, storage.opens());
    assertEquals(0, storage.stillOpen());
    assertTrue(storage.bytes() <= 1.10 * wanted, storage.bytes() + " bytes for " + wanted);
    assertTrue(storage.longestRead() <= FetchPlan.WINDOW * 1.1, "" + storage.longestRead());
    if (images.size() == files.size()) {
      assertTrue(storage.reads() <= 3, storage.reads() + " requests for neighbours");
    }
  }

  @Test
  void rejectsAnEntryWhoseBytesChanged() throws Exception {
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), FILES);
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
    ImageRef image = image(SourceArchives.zip(temporary.resolve("a.zip"), FILES), "n1/b");
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
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), FILES);
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
    ImageRef image = image(SourceArchives.zip(temporary.resolve("a.zip"), FILES), "n1/b");

    String reason = rejection(withLengths(image, image.length(), 1L << 50));

    assertEquals("has 1125899906842624 bytes, more than the limit 67108864", reason);
  }

  /** No deflated byte becomes more than 1,032, so no memory is taken for more. */
  @Test
  void rejectsALengthThatCannotBeInflated() throws Exception {
    ImageRef image = image(SourceArchives.zip(temporary.resolve("a.zip"), FILES), "n1/b");
    long most = (image.length() + 1) * 1032;

    assertEquals(
        "cannot inflate from " + image.length() + " to " + most + " bytes",
        rejection(withLengths(image, image.length(), most)));
  }

  /** Sixty megabytes of zeros, in sixty kilobytes, that say to be ten bytes. */
  @Test
  void stopsInflatingABombWhereItSaysToEnd() throws Exception {
    Map<String, byte[]> files = new TreeMap<>(FILES);
    files.put("n1/b", new byte[60 << 20]);
    ImageRef bomb = image(SourceArchives.zip(temporary.resolve("a.zip"), files), "n1/b");
    assertEquals(Packing.ZIP_DEFLATED, bomb.packing());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

    assertEquals(
        "inflates to more than 10 bytes, expected 10",
        rejection(withLengths(bomb, bomb.length(), 10)));

    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertTrue(allocated < 1 << 20, allocated + " bytes");
  }

  /** Each takes its header's room, so a million of them are not fetched at once. */
  @Test
  void fetchesMillionsOfEmptyEntriesInWindows() throws Exception {
    ImageRef image = image(SourceArchives.zip(temporary.resolve("a.zip"), FILES), "n2/c");
    List<ImageRef> images = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      images.add(at(withLengths(image, 0, 0), 350L * i));
    }
    FetchPlan plan = new FetchPlan(images);
    CountingStorage storage = new CountingStorage();
    try (Archives archives = new Archives(storage)) {
      Path large = temporary.resolve("a.zip");
      try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
        file.setLength(350L * images.size());
      }
      plan.fetch(0, archives);
    }
    assertTrue(storage.longestRead() <= FetchPlan.WINDOW * 1.1, "" + storage.longestRead());
  }

  @Test
  void failsWhereAFileChangedSinceItWasListed() throws Exception {
    Path folder = SourceArchives.folder(temporary.resolve("folder"), FILES);
    ImageRef image = image(folder, "n1/a");
    for (String content : new String[] {"shorter", "longer".repeat(9000)}) {
      Files.writeString(folder.resolve("n1/a"), content);

      try (ImageReader reader = new ImageReader(Storage.local(), List.of(image))) {
        IOException failure = assertThrows(IOException.class, reader::next);
        assertTrue(failure.getMessage().contains("changed while it was read"));
      }
    }
  }

  @Test
  void codesEveryKindOfReference() throws Exception {
    for (Packing packing : Packing.values()) {
      ImageRef image =
          new ImageRef("gs://b/é.zip", 1L << 40, 3, packing, 1L << 33, -1, "n1/ü.JPEG", 999, "v7");
      CoderProperties.coderDecodeEncodeEqual(ImageRefCoder.of(), image);
      CoderProperties.coderDeterministic(
          ImageRefCoder.of(), image, withLengths(image, 3, 1L << 33));
    }
    CoderProperties.coderSerializable(ImageRefCoder.of());
  }

  private static void assertReadsAll(Path source, Set<Packing> packings) throws Exception {
    ImageListing listing = listing(source);
    Set<Packing> seen = EnumSet.noneOf(Packing.class);
    long stored = 0;
    try (ImageReader reader = new ImageReader(Storage.local(), listing.images())) {
      for (ImageRef image : listing.images()) {
        assertArrayEquals(FILES.get(image.key()), reader.next(), image.key());
        seen.add(image.packing());
        stored += image.length();
      }
      assertTrue(reader.bytesRead() >= stored);
    }
    assertEquals(FILES.keySet(), Set.copyOf(listing.images().stream().map(ImageRef::key).toList()));
    assertEquals(packings, seen);
  }

  private static ImageRef image(Path source, String key) throws IOException {
    return ImageListing.of(Storage.local(), ImageSource.of(source.toString(), "train"))
        .images()
        .stream()
        .filter(image -> image.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static ImageListing listing(Path source) throws IOException {
    return ImageListing.of(Storage.local(), ImageSource.of(source.toString(), "train"));
  }

  private static String rejection(ImageRef image) throws IOException {
    try (ImageReader reader = new ImageReader(Storage.local(), List.of(image))) {
      return assertThrows(UndecodableImageException.class, reader::next).getMessage();
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
        image.label(),
        image.version());
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
        image.label(),
        image.version());
  }
}
