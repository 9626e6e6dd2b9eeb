package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.assertRefused;
import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static ghostbeam.transforms.ingest.ImageListingTest.list;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.fetch.CountingStorage;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.source.SourceArchives;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tars found in practice: joined, with holes, with links, with names in legacy encodings. */
class RealWorldTarTest {
  private static final int BLOCK = 512;
  private static final int GNU_RECORD = 20 * BLOCK;

  @TempDir Path temporary;

  @Test
  void refusesDataAfterTheEndMarker() throws IOException {
    byte[] one = tar("n1/a", "n2/b");
    byte[] two = tar("n1/c", "n2/d");

    assertRefused(
        file("joined.tar", one, two), "train", "after its end marker", "tars were joined");
    assertRefused(
        file("padded.tar", one, new byte[GNU_RECORD - one.length], two),
        "train",
        "after its end marker at byte 2048");
    assertRefused(
        file("rubbish.tar", one, new byte[600], "x".getBytes(US_ASCII)),
        "train",
        "a download left a hole");
    assertRefused(
        file("cut.tar", one, new byte[2 << 20]), "train", "after its end marker", "left a hole");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void refusesAHoleInPlaceOfAMember(int member) throws IOException {
    byte[] whole = tar("n1/a", "n1/b", "n2/c", "n2/d");
    Arrays.fill(whole, member * 2 * BLOCK, (member + 1) * 2 * BLOCK, (byte) 0);

    Path hole = file("hole.tar", whole);

    if (member < 3) {
      assertRefused(hole, "train", "after its end marker at byte " + member * 2 * BLOCK);
    } else { // looks like padding, so it cannot be detected
      assertEquals(List.of("n1/a", "n1/b", "n2/c"), keys(list(hole)));
    }
  }

  @Test
  void refusesAHoleInATarInATar() throws IOException {
    byte[] hole = tar("a", "b", "c");
    Arrays.fill(hole, 2 * BLOCK, 4 * BLOCK, (byte) 0);
    Map<String, byte[]> inner = new LinkedHashMap<>();
    inner.put("n1.tar", tar("a", "b"));
    inner.put("n2.tar", hole);

    assertRefused(
        SourceArchives.tar(temporary.resolve("a.tar"), inner),
        "train",
        "(in n2.tar) goes on",
        "after its end marker");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 19, 20, 1024})
  void acceptsPaddingAfterATar(int blocks) throws IOException {
    Path tar = file("a.tar", tar("n1/a", "n2/b"), new byte[blocks * BLOCK]);
    CountingStorage storage = new CountingStorage();

    ImageListing listing = ImageListing.of(storage, ImageSource.of(tar.toString(), "train"));

    assertEquals(List.of("n1/a", "n2/b"), keys(listing));
    assertTrue(storage.reads() <= 2 + 1 + 1, storage.reads() + " reads");
  }

  @ParameterizedTest
  @ValueSource(strings = {"val/n1/a", "a/val/n1/a"})
  void readsHardLinksAsTheirTarget(String deepest) throws IOException {
    String top = deepest.substring(0, deepest.indexOf("val/"));
    String lengthy = top + "train/n2/" + "é".repeat(110);
    for (int longNames :
        new int[] {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
        out.setLongFileMode(longNames);
        link(out, top + "val/n1/a", "./" + top + "train/n1/a"); // before its target
        put(out, top + "train/n1/a", "one".getBytes(US_ASCII));
        put(out, lengthy, "two".getBytes(US_ASCII));
        link(out, top + "val/n2/b", lengthy);
        link(out, top + "val/n2/c", top + "val/n2/b"); // a link to a link
        link(out, top + "train/n1/a", top + "train/n1/a"); // as GNU tar writes a file named twice
        link(out, top + "val/n2/d", top + "train/n3/lost");
        link(out, top + "val/n2/e", top + "val/n2/e");
      }
      Path tar = Files.write(temporary.resolve("a.tar"), bytes.toByteArray());

      ImageListing listing =
          ImageListing.of(Storage.local(), ImageSource.of(tar.toString(), "val"));

      assertEquals(List.of("n1/a", "n2/b", "n2/c"), keys(listing));
      try (ImageReader reader = new ImageReader(Storage.local(), listing.images())) {
        for (String expected : List.of("one", "two", "two")) {
          assertArrayEquals(expected.getBytes(US_ASCII), reader.next());
        }
      } catch (UndecodableImageException e) {
        throw new AssertionError(e);
      }
      assertTrue(listing.skipped() >= 3, listing.skipped() + " left out");
    }
  }

  @Test
  void refusesHardLinksWithUnsafeNamesOrTooManyToOneFile() throws IOException {
    ByteArrayOutputStream hostile = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(hostile)) {
      put(out, "n1/a", new byte[1]);
      link(out, "../../n1/b", "n1/a");
    }
    assertRefused(file("a.tar", hostile.toByteArray()), "train", "leads out of it");

    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bomb)) {
      put(out, "n1/a", new byte[1]);
      for (int i = 0; i <= 1000; i++) {
        link(out, "n2/" + i, "n1/a");
      }
    }
    assertRefused(
        file("b.tar", bomb.toByteArray()), "train", "more than 1000 hard links to n1/a; refused");
  }

  @ParameterizedTest
  @CsvSource({
    "ISO-8859-1, maïs, maís",
    "windows-1252, l’été, l‘été",
    "Shift_JIS, 犬, 猫",
    "IBM866, кот, пёс"
  })
  void keepsNamesApartThatAreNotUtf8(String charset, String one, String two) throws IOException {
    for (String suffix : List.of("", "x".repeat(120))) {
      for (int longNames :
          new int[] {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX}) {
        String[] names = {one + suffix + "/1", two + suffix + "/1", "mais/1", "ma\u00f1s/é"};
        Path tar = file("a.tar", inCharset(Charset.forName(charset), longNames, names));

        ImageListing listing = list(tar);

        assertEquals(4, listing.classes().size(), listing.classes().toString());
        assertEquals(4, listing.images().size());
        if (charset.startsWith("ISO") || charset.startsWith("windows")) {
          assertTrue(listing.classes().containsAll(List.of(one + suffix, two + suffix)));
        }
      }
    }
  }

  @Test
  void refusesTwoEncodingsOfTheSameName() throws IOException {
    String utf8 = new String("maïs/1".getBytes(UTF_8), ISO_8859_1);
    int mode = TarArchiveOutputStream.LONGFILE_GNU;

    assertRefused(
        file("a.tar", inCharset(ISO_8859_1, mode, "maïs/2", "n2/a", utf8)),
        "train",
        "writes the name maïs in UTF-8 and in Latin-1");
  }

  @Test
  void normalisesRedundantSlashesAndDots() throws IOException {
    Path tar = file("a.tar", tar(".//n1//a", "././n1/./b", "n2/.//c", "n2///./d"));

    assertEquals(List.of("n1/a", "n1/b", "n2/c", "n2/d"), keys(list(tar)));
    assertRefused(file("b.tar", tar("n1/a", "//n1/b")), "train", "leads out of it");
    assertRefused(file("c.tar", tar("n1/a", "n1/.//../../b")), "train", "leads out of it");
  }

  @Test
  void showsNoControlCharacters() throws IOException {
    Path tar = file("a.tar", tar("n1/a", "n2/..\\\u009b31m\u202e\u2028x"));

    assertRefused(tar, "train", "'n2/..\\?31m??x'");
  }

  private Path file(String name, byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.write(part);
    }
    return Files.write(temporary.resolve(name), bytes.toByteArray());
  }

  /** Members of one block each, then two blocks of zeros. */
  private static byte[] tar(String... paths) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      for (String path : paths) {
        TarArchiveEntry entry = new TarArchiveEntry(path, true);
        byte[] body = contents(path).get(path);
        entry.setSize(body.length);
        out.putArchiveEntry(entry);
        out.write(body);
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** A tar with names in a charset, even in pax attributes, which should be UTF-8. */
  private static byte[] inCharset(Charset charset, int longNames, String... paths)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Names are passed as one character per byte, so that nothing encodes them again.
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "ISO-8859-1")) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (String path : paths) {
        String raw = new String(path.getBytes(charset), ISO_8859_1);
        if (longNames == TarArchiveOutputStream.LONGFILE_POSIX) {
          putPax(out, raw);
        }
        put(out, longNames == TarArchiveOutputStream.LONGFILE_POSIX ? "short" : raw, new byte[1]);
      }
    }
    return bytes.toByteArray();
  }

  private static void putPax(TarArchiveOutputStream out, String raw) throws IOException {
    String record = " path=" + raw + "\n";
    int length = record.length() + 2;
    length += length > 99 ? 1 : 0;
    TarArchiveEntry pax = new TarArchiveEntry("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
    put(out, pax, (length + record).getBytes(ISO_8859_1));
  }

  private static void link(TarArchiveOutputStream out, String path, String target)
      throws IOException {
    TarArchiveEntry link = new TarArchiveEntry(path, TarConstants.LF_LINK);
    link.setLinkName(target);
    put(out, link, new byte[0]);
  }

  private static void put(TarArchiveOutputStream out, String path, byte[] body) throws IOException {
    put(out, new TarArchiveEntry(path), body);
  }

  private static void put(TarArchiveOutputStream out, TarArchiveEntry entry, byte[] body)
      throws IOException {
    entry.setSize(body.length);
    out.putArchiveEntry(entry);
    out.write(body);
    out.closeArchiveEntry();
  }
}
