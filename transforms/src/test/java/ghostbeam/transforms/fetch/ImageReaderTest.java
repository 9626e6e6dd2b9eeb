package ghostbeam.transforms.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageRefCoder;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
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
  // Codes of packings, which are part of receipts that earlier versions wrote.
  private static final int PLAIN = 0;
  private static final int STORED = 1;
  private static final int DEFLATED = 2;
  private static final int TAR = 3;

  @TempDir Path temporary;

  @Test
  void readsFilesOfAFolder() throws Exception {
    assertReadsAll(
        SourceArchives.folder(temporary.resolve("folder"), Entries.FILES), Set.of(PLAIN));
  }

  @Test
  void readsZipEntriesInPlace() throws Exception {
    assertReadsAll(
        SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES), Set.of(STORED, DEFLATED));
  }

  @Test
  void readsZip64WithLongLocalHeaders() throws Exception {
    assertReadsAll(
        SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES, Zip64Mode.Always, 5000),
        Set.of(STORED, DEFLATED));
  }

  @Test
  void readsMembersOfATarAndOfATarOfTars() throws Exception {
    assertReadsAll(SourceArchives.tar(temporary.resolve("a.tar"), Entries.FILES), Set.of(TAR));
    Map<String, byte[]> inner = new TreeMap<>();
    for (String synset : List.of("n1", "n2")) {
      Map<String, byte[]> members = new TreeMap<>();
      Entries.FILES.forEach(
          (key, bytes) -> {
            if (key.startsWith(synset)) {
              members.put(key.substring(3), bytes);
            }
          });
      inner.put(
          synset + ".tar", SourceArchives.tar(members, TarArchiveOutputStream.LONGFILE_ERROR));
    }
    assertReadsAll(SourceArchives.tar(temporary.resolve("b.tar"), inner), Set.of(TAR));
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
        wanted += image.extent().length();
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

  /** Even empty entries have headers, so a million of them must not be fetched at once. */
  @Test
  void fetchesMillionsOfEmptyEntriesInWindows() throws Exception {
    ImageRef image =
        Entries.image(SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES), "n2/c");
    List<ImageRef> images = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      images.add(Entries.at(Entries.withLengths(image, 0, 0), 350L * i));
    }
    FetchPlan plan = new FetchPlan(images.stream().map(ImageRef::extent).toList());
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
  void failsIfAFileHasChangedSinceListing() throws Exception {
    Path folder = SourceArchives.folder(temporary.resolve("folder"), Entries.FILES);
    ImageRef image = Entries.image(folder, "n1/a");
    for (String content : new String[] {"shorter", "longer".repeat(9000)}) {
      Files.writeString(folder.resolve("n1/a"), content);

      try (ImageReader reader = new ImageReader(Storage.local(), List.of(image))) {
        IOException failure = assertThrows(IOException.class, reader::next);
        assertTrue(failure.getMessage().contains("changed while it was read"));
      }
    }
  }

  @Test
  void encodesEveryKindOfReference() throws Exception {
    for (Path source :
        List.of(
            SourceArchives.folder(temporary.resolve("folder"), Entries.FILES),
            SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES),
            SourceArchives.tar(temporary.resolve("ä.tar"), Entries.FILES))) {
      for (ImageRef listed : listing(source).images()) {
        ImageRef image = Entries.at(listed, 1L << 40);
        CoderProperties.coderDecodeEncodeEqual(ImageRefCoder.of(), image);
        CoderProperties.coderDeterministic(ImageRefCoder.of(), image, Entries.at(listed, 1L << 40));
      }
    }
    CoderProperties.coderSerializable(ImageRefCoder.of());
  }

  private static void assertReadsAll(Path source, Set<Integer> packings) throws Exception {
    ImageListing listing = listing(source);
    Set<Integer> seen = new HashSet<>();
    long stored = 0;
    try (ImageReader reader = new ImageReader(Storage.local(), listing.images())) {
      for (ImageRef image : listing.images()) {
        assertArrayEquals(Entries.FILES.get(image.key()), reader.next(), image.key());
        seen.add(image.extent().packing().code());
        stored += image.extent().length();
      }
      assertTrue(reader.bytesRead() >= stored);
    }
    assertEquals(
        Entries.FILES.keySet(), Set.copyOf(listing.images().stream().map(ImageRef::key).toList()));
    assertEquals(packings, seen);
  }

  private static ImageListing listing(Path source) throws IOException {
    return ImageListing.of(Storage.local(), ImageSource.of(source.toString(), "train"));
  }
}
