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

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.source.SourceArchives;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zips found in practice: by macOS and Windows, with bytes around them, in legacy encodings. */
class RealWorldZipTest {
  private static final int DOS = 0;
  private static final int UNIX = 3;
  private static final int IS_UTF8 = 1 << 11;
  private static final Charset CODE_PAGE_866 = Charset.forName("IBM866");

  @TempDir Path temporary;

  @ParameterizedTest
  @EnumSource(
      value = Zip64Mode.class,
      names = {"Never", "Always"})
  void readsAZipWithBytesBeforeOrAfterIt(Zip64Mode zip64)
      throws IOException, UndecodableImageException {
    Path whole = SourceArchives.zip(temporary.resolve("a.zip"), contents("n1/a", "n2/b"), zip64, 0);
    byte[] zip = Files.readAllBytes(whole);
    byte[] script = "#!/bin/sh\nexec unzip -q \"$0\"\n".getBytes(US_ASCII);

    requireImages(file("behind.zip", zip, "\n".getBytes(US_ASCII)));
    requireImages(file("far-behind.zip", zip, new byte[60_000]));
    requireImages(file("before.zip", script, zip));
    requireImages(file("far-before.zip", new byte[1 << 20], zip));
    requireImages(file("both.zip", script, zip, new byte[512]));
    assertRefused(file("too-far.zip", zip, new byte[1 << 18]), "train", "it has no end record");
  }

  /** Python silently reads only the last of joined zips. */
  @Test
  void refusesJoinedAndTruncatedZips() throws IOException {
    byte[] one = Files.readAllBytes(zip("1.zip", "n1/a", "n2/b"));
    byte[] two = Files.readAllBytes(zip("2.zip", "n1/c", "n2/d"));
    byte[] cut = Arrays.copyOf(two, two.length - 30);

    assertRefused(file("joined.zip", one, two), "train", "begins with another zip");
    assertRefused(
        file("third.zip", "#!".getBytes(US_ASCII), one, two), "train", "begins with another zip");
    assertRefused(file("goes-on.zip", one, cut), "train", "another zip follows");
    assertRefused(file("nested.zip", cut, one, new byte[9]), "train", "begins with another zip");
  }

  @Test
  void readsInfoZipsUnicodePaths() throws IOException {
    Path zip = temporary.resolve("a.zip");
    RawZip raw = new RawZip(zip);
    for (String name : List.of("кот/1", "пёс/2")) {
      byte[] old = name.getBytes(CODE_PAGE_866);
      raw.add(old, old, unicodePath(old, name));
    }
    byte[] renamed = "n3/3".getBytes(US_ASCII); // by a tool that did not update the field
    raw.add(renamed, renamed, unicodePath("n4/4".getBytes(US_ASCII), "n4/4")).close();

    assertEquals(List.of("n3/3", "кот/1", "пёс/2"), keys(list(zip)));
  }

  @Test
  void decodesAllNamesOfAZipWithTheSameCharset() throws IOException {
    byte[] utf8 = "ж/1".getBytes(UTF_8);
    byte[] other = "é/1".getBytes(ISO_8859_1);

    Path all = temporary.resolve("utf8.zip");
    new RawZip(all).as(UNIX, 0).add(utf8, utf8).add("n2/1".getBytes(US_ASCII), utf8).close();
    assertEquals(List.of("n2/1", "ж/1"), keys(list(all)));

    // In code page 437 the bytes of ж are ╨╢, and that of Latin-1's é is Θ.
    Path mixed = temporary.resolve("mixed.zip");
    new RawZip(mixed).as(UNIX, 0).add(utf8, utf8).add(other, utf8).close();
    assertEquals(List.of("Θ/1", "╨╢/1"), keys(list(mixed)));

    Path flagged = temporary.resolve("flagged.zip");
    new RawZip(flagged).as(UNIX, IS_UTF8).add(utf8, utf8).as(UNIX, 0).add(other, utf8).close();
    assertEquals(List.of("Θ/1", "ж/1"), keys(list(flagged)));
  }

  @ParameterizedTest
  @ValueSource(ints = {65_535, 66_000, 131_072})
  void countsEntriesModulo65536AsMacOsDoes(int entries) throws IOException {
    Path zip = temporary.resolve("finder.zip");
    RawZip raw = new RawZip(zip);
    for (int i = 0; i < entries; i++) {
      raw.addHole("n%d/%06d".formatted(i % 2, i).getBytes(US_ASCII), 0);
    }
    raw.close();

    assertEquals(entries, list(zip).images().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 65_535})
  void refusesAWrongCount(int counted) throws IOException {
    Path zip = temporary.resolve("a.zip");
    byte[] one = {1};
    new RawZip(zip)
        .add("n1/a".getBytes(US_ASCII), one)
        .add("n2/b".getBytes(US_ASCII), one)
        .close(counted);

    assertRefused(zip, "train", "is not an intact zip");
  }

  /** Two entries of three gigabytes in a sparse file. */
  @Test
  void findsEntriesBeyond4GigabytesWithoutZip64() throws IOException, UndecodableImageException {
    Path zip = temporary.resolve("large.zip");
    RawZip raw = new RawZip(zip);
    raw.add("n1/a".getBytes(US_ASCII), "image n1/a".getBytes(US_ASCII));
    raw.addHole("LICENSE".getBytes(US_ASCII), 3L << 30);
    raw.addHole("README".getBytes(US_ASCII), 3L << 30);
    raw.add("n2/b".getBytes(US_ASCII), "image n2/b".getBytes(US_ASCII)).close();

    requireImages(zip);
  }

  @Test
  void refusesAnEntryOfMoreThan4GigabytesWithoutZip64() throws IOException {
    Path zip = temporary.resolve("large.zip");
    RawZip raw = new RawZip(zip);
    raw.add("n1/a".getBytes(US_ASCII), new byte[1]).addHole("n1/b".getBytes(US_ASCII), 5L << 30);
    raw.add("n2/b".getBytes(US_ASCII), new byte[1]).close();

    assertRefused(zip, "train", "has more than 4 GB and was packed without zip64", "pack it again");
  }

  @Test
  void treatsWindowsBackslashesAsSeparators() throws IOException {
    byte[] one = {1};
    for (int host : new int[] {DOS, 10, 11, 14}) {
      Path zip = temporary.resolve(host + ".zip");
      new RawZip(zip)
          .as(host, 0)
          .addHole("train\\n1\\".getBytes(US_ASCII), 0)
          .add("train\\n1\\a".getBytes(US_ASCII), one)
          .add("train\\n2\\b".getBytes(US_ASCII), one)
          .close();
      assertEquals(List.of("n1/a", "n2/b"), keys(list(zip)));
    }
    Path unix = temporary.resolve("unix.zip");
    new RawZip(unix).as(UNIX, 0).add("n1\\a".getBytes(US_ASCII), one).close();
    assertRefused(unix, "train", "n1\\a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..\\n1\\a", "n1\\..\\..\\a", "C:\\a", "c:a\\b", "\\a", "\\\\host\\a", "n1/..\\a"})
  void refusesBackslashesThatEscape(String hostile) throws IOException {
    Path zip = temporary.resolve("a.zip");
    byte[] one = {1};
    RawZip raw = new RawZip(zip).as(DOS, 0).add(hostile.getBytes(US_ASCII), one);
    raw.add("n1/a".getBytes(US_ASCII), one).add("n2/b".getBytes(US_ASCII), one).close();

    assertRefused(zip, "train", "leads out of it");
  }

  @Test
  void normalisesRedundantSlashesAndDots() throws IOException {
    assertEquals(
        List.of("n1/a", "n1/b", "n2/c"), keys(list(zip("a.zip", "n1//a", "./n1/./b", "n2/.//c"))));
  }

  @Test
  void showsNoControlCharacters() throws IOException {
    Path zip = temporary.resolve("a.zip");
    byte[] name = "n1/\u009b31m\u0007".getBytes(UTF_8);
    new RawZip(zip).as(UNIX, IS_UTF8 | 1).add(name, name).close();

    assertRefused(zip, "train", "holds n1/?31m? encrypted");
  }

  private static byte[] unicodePath(byte[] old, String name) {
    byte[] path = name.getBytes(UTF_8);
    CRC32 crc = new CRC32();
    crc.update(old);
    ByteBuffer extra = ByteBuffer.allocate(4 + 4 + 4 + 5 + path.length);
    extra.order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x4242).putShort((short) 4).putInt(7);
    extra.putShort((short) 0x7075).putShort((short) (5 + path.length));
    return extra.put((byte) 1).putInt((int) crc.getValue()).put(path).array();
  }

  private static void requireImages(Path zip) throws IOException, UndecodableImageException {
    ImageListing listing = list(zip);
    assertEquals(List.of("n1/a", "n2/b"), keys(listing));
    try (ImageReader reader = new ImageReader(Storage.local(), listing.images())) {
      for (String key : keys(listing)) {
        assertArrayEquals(("image " + key).getBytes(US_ASCII), reader.next());
      }
    }
  }

  private Path zip(String name, String... paths) throws IOException {
    return SourceArchives.zip(temporary.resolve(name), contents(paths));
  }

  private Path file(String name, byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.write(part);
    }
    return Files.write(temporary.resolve(name), bytes.toByteArray());
  }
}
