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
import ghostbeam.transforms.source.Packing;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.io.RandomAccessFile;
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
  @TempDir Path temporary;

  @Test
  void readsFilesOfAFolder() throws Exception {
    assertReadsAll(
        SourceArchives.folder(temporary.resolve("folder"), Entries.FILES),
        EnumSet.of(Packing.PLAIN));
  }

  @Test
  void readsZipEntriesInPlace() throws Exception {
    assertReadsAll(
        SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES),
        EnumSet.of(Packing.ZIP_STORED, Packing.ZIP_DEFLATED));
  }

  @Test
  void readsZip64WithLongLocalHeaders() throws Exception {
    assertReadsAll(
        SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES, Zip64Mode.Always, 5000),
        EnumSet.of(Packing.ZIP_STORED, Packing.ZIP_DEFLATED));
  }

  @Test
  void readsMembersOfATarAndOfATarOfTars() throws Exception {
    assertReadsAll(
        SourceArchives.tar(temporary.resolve("a.tar"), Entries.FILES), EnumSet.of(Packing.TAR));
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

  /** Each takes its header's room, so a million of them are not fetched at once. */
  @Test
  void fetchesMillionsOfEmptyEntriesInWindows() throws Exception {
    ImageRef image =
        Entries.image(SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES), "n2/c");
    List<ImageRef> images = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      images.add(Entries.at(Entries.withLengths(image, 0, 0), 350L * i));
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
  void codesEveryKindOfReference() throws Exception {
    for (Packing packing : Packing.values()) {
      ImageRef image =
          new ImageRef("gs://b/é.zip", 1L << 40, 3, packing, 1L << 33, -1, "n1/ü.JPEG", 999, "v7");
      CoderProperties.coderDecodeEncodeEqual(ImageRefCoder.of(), image);
      CoderProperties.coderDeterministic(
          ImageRefCoder.of(), image, Entries.withLengths(image, 3, 1L << 33));
    }
    CoderProperties.coderSerializable(ImageRefCoder.of());
  }

  private static void assertReadsAll(Path source, Set<Packing> packings) throws Exception {
    ImageListing listing = listing(source);
    Set<Packing> seen = EnumSet.noneOf(Packing.class);
    long stored = 0;
    try (ImageReader reader = new ImageReader(Storage.local(), listing.images())) {
      for (ImageRef image : listing.images()) {
        assertArrayEquals(Entries.FILES.get(image.key()), reader.next(), image.key());
        seen.add(image.packing());
        stored += image.length();
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
