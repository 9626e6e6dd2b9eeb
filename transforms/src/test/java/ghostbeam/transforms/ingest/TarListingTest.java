package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.assertRefused;
import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static ghostbeam.transforms.ingest.ImageListingTest.list;
import static ghostbeam.transforms.ingest.ImageListingTest.tar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.transforms.fetch.CountingStorage;
import ghostbeam.transforms.source.SourceArchives;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarListingTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void listsATarByItsHeadersAlone(int longNames) throws IOException {
    String name = "x".repeat(150) + "é.JPEG";
    Path tar = temporary.resolve("a.tar");
    Files.write(tar, tar(longNames, "./LICENSE", "./train/n2/" + name, "./train/n1/b", "train/"));
    CountingStorage storage = new CountingStorage();

    ImageListing listing = ImageListing.of(storage, ImageSource.of(tar.toString(), "train"));

    assertEquals(List.of("n1/b", "n2/" + name), keys(listing));
    assertEquals(1, listing.skipped());
    assertTrue(storage.longestRead() <= 3 * 512, storage.longestRead() + " bytes in one read");
  }

  @Test
  void readsOnlyTheHeadersOfLargeMembers() throws IOException {
    CountingStorage storage = listed(Collections.nCopies(40, 20_000));

    assertEquals(40 + 1, storage.reads());
    assertEquals((40 + 1) * 512, storage.bytes());
  }

  @Test
  void readsALongNameTogetherWithItsHeader() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      files.put(
          (i == 0 ? "n0/" : "n1/") + "é".repeat(60) + String.format("%02d", i), new byte[20_000]);
    }
    CountingStorage storage = listed(files);

    assertTrue(storage.reads() <= 40 + 5, storage.reads() + " reads");
    assertTrue(storage.bytes() <= 42 * 3 * 512, storage.bytes() + " bytes");
  }

  @Test
  void readsManyHeadersAtOnceIfMembersAreTiny() throws IOException {
    CountingStorage storage = listed(Collections.nCopies(3000, 700));

    assertTrue(storage.reads() < 30, storage.reads() + " reads");
    assertTrue(storage.bytes() <= 3001 * 1536, storage.bytes() + " bytes");
  }

  @Test
  void readsThroughTinyMembersAmongLargeOnesWithoutReadingMuch() throws IOException {
    List<Integer> sizes = new ArrayList<>(Collections.nCopies(20, 100_000));
    sizes.addAll(Collections.nCopies(40, 1000));
    sizes.addAll(Collections.nCopies(20, 100_000));
    long bodies = sizes.stream().mapToLong(size -> size).sum();

    CountingStorage storage = listed(sizes);

    assertTrue(storage.reads() < 20 + 20 + 20, storage.reads() + " reads");
    assertTrue(storage.bytes() <= bodies / 10, storage.bytes() + " bytes of " + bodies);
  }

  private CountingStorage listed(List<Integer> sizes) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < sizes.size(); i++) {
      files.put(String.format("n%d/%04d", i == 0 ? 0 : 1, i), new byte[sizes.get(i)]);
    }
    return listed(files);
  }

  private CountingStorage listed(Map<String, byte[]> files) throws IOException {
    Path tar = temporary.resolve("a.tar");
    Files.write(tar, SourceArchives.tar(files, TarArchiveOutputStream.LONGFILE_POSIX));
    CountingStorage storage = new CountingStorage();

    ImageListing listing = ImageListing.of(storage, ImageSource.of(tar.toString(), "train"));

    assertEquals(List.copyOf(files.keySet()), keys(listing));
    return storage;
  }

  @Test
  void takesClassesFromInnerTars() throws IOException {
    Map<String, byte[]> inner = new LinkedHashMap<>();
    int mode = TarArchiveOutputStream.LONGFILE_ERROR;
    inner.put("n2.tar", tar(mode, "b.JPEG", "a.JPEG"));
    inner.put("n1.tar", tar(mode, "n1/c.JPEG"));
    inner.put("README", new byte[3]);
    Path tar = SourceArchives.tar(temporary.resolve("train.tar"), inner);

    assertEquals(List.of("n1/c.JPEG", "n2/a.JPEG", "n2/b.JPEG"), keys(list(tar)));
  }

  @Test
  void refusesTruncatedAndDamagedTars() throws IOException {
    byte[] whole = tar(TarArchiveOutputStream.LONGFILE_ERROR, "n1/a", "n2/b");
    Path tar = temporary.resolve("a.tar");
    for (int length : new int[] {0, 100, 512, 1024, 1500, 2048}) {
      Files.write(tar, Arrays.copyOf(whole, length));
      assertRefused(tar, "train", "is truncated");
    }
    byte[] damaged = whole.clone();
    damaged[1024 + 3] ^= 1;
    Files.write(tar, damaged);
    assertRefused(tar, "train", "has no valid header at byte 1024");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../n1/a", "n1/../../a", "/n1/a"})
  void refusesUnsafeNamesInTars(String hostile) throws IOException {
    Path tar = SourceArchives.tar(temporary.resolve("a.tar"), contents("n1/a", "n2/b", hostile));

    assertRefused(tar, "train", "leads out of it");
  }

  @Test
  void countsButNeverFollowsLinksInTars() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (byte type : new byte[] {TarConstants.LF_SYMLINK, TarConstants.LF_LINK}) {
        TarArchiveEntry link = new TarArchiveEntry("n1/link" + type, type);
        link.setLinkName("/etc/passwd");
        out.putArchiveEntry(link);
        out.closeArchiveEntry();
      }
      for (String name : List.of("n1/a", "n2/b")) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(1);
        out.putArchiveEntry(entry);
        out.write(1);
        out.closeArchiveEntry();
      }
    }
    ImageListing listing = list(Files.write(temporary.resolve("a.tar"), bytes.toByteArray()));

    assertEquals(List.of("n1/a", "n2/b"), keys(listing));
    assertEquals(2, listing.skipped());
  }
}
