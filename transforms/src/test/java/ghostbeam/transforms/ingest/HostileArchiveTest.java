package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.assertRefused;
import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static ghostbeam.transforms.ingest.ImageListingTest.list;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ghostbeam.transforms.source.SourceArchives;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Malicious zips, tars and folders. */
class HostileArchiveTest {
  private static final int LOCAL_OFFSET_AT = 42;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"..\\n1\\a", "n1\\..\\..\\a", "C:\\a", "n1/\\a"})
  void refusesBackslashesInZipsAndTars(String hostile) throws IOException {
    Map<String, byte[]> files = contents("n1/a", "n2/b");
    // Packed under another name of the same length, since packers replace backslashes by slashes.
    files.put("q".repeat(hostile.length()), new byte[1]);
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), files);
    replace(zip, "q".repeat(hostile.length()), hostile);
    assertRefused(zip, "train", "leads out of it");

    String lengthy = hostile + "/" + "x".repeat(120);
    String plain = "q".repeat(lengthy.length());
    for (int mode :
        new int[] {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX}) {
      byte[] tar = SourceArchives.tar(contents(plain), mode);
      Path file = Files.write(temporary.resolve("a.tar"), tar);
      replace(file, plain, lengthy);
      assertRefused(file, "train", "leads out of it");
    }
  }

  @Test
  void refusesNamesOf64KilobytesAndWithZeros() throws IOException {
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), contents("n1/" + "a".repeat(65_500)));
    assertRefused(zip, "train", "has more than 4096 bytes");

    ByteArrayOutputStream gnu = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(gnu)) {
      put(out, longName(), ("n1/" + "a".repeat(65_500) + "\0").getBytes(US_ASCII));
      put(out, new TarArchiveEntry("short"), new byte[1]);
    }
    Path long64 = Files.write(temporary.resolve("a.tar"), gnu.toByteArray());
    assertRefused(long64, "train", "has more than 4096 bytes");

    String plain = "n1/" + "q".repeat(120);
    byte[] tar = SourceArchives.tar(contents(plain), TarArchiveOutputStream.LONGFILE_POSIX);
    Path file = Files.write(temporary.resolve("b.tar"), tar);
    replace(file, plain, "n1/\0" + "q".repeat(119));
    assertRefused(file, "train", "n1/\\0q", "leads out of it");
  }

  /** As many as fit into a name of 4096 bytes; recursion over them would overflow the stack. */
  @Test
  void refusesDeeplyNestedFolders() throws IOException {
    String deep = "d/".repeat(2047) + "a";
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), contents("n1/a", deep));
    assertRefused(zip, "train", "nested in more than 128 folders", "it may be malicious");

    byte[] tar =
        SourceArchives.tar(contents("dd/".repeat(129) + "a"), TarArchiveOutputStream.LONGFILE_GNU);
    Path file = Files.write(temporary.resolve("a.tar"), tar);
    assertRefused(file, "train", "nested in more than 128 folders");

    String most = "d/".repeat(126);
    Path fit =
        SourceArchives.zip(temporary.resolve("b.zip"), contents(most + "n1/a", most + "n2/b"));
    assertEquals(2, list(fit).images().size());
  }

  @Test
  void skipsNamesWithControlCharacters() throws IOException {
    Map<String, byte[]> files = contents("n1/a", "n2/b", "n1/Icon\r", "n1/b\nERROR", "n\u001b/c");

    ImageListing zip = list(SourceArchives.zip(temporary.resolve("a.zip"), files));
    ImageListing tar = list(SourceArchives.tar(temporary.resolve("a.tar"), files));

    assertEquals(List.of("n1/a", "n2/b"), keys(zip));
    assertEquals(List.of("n1/a", "n2/b"), keys(tar));
    assertEquals(3, zip.skipped());
  }

  @Test
  void refusesANameOfMegabytes() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
      put(out, longName(), new byte[2 << 20]);
    }
    Path file = Files.write(temporary.resolve("a.tar"), tar.toByteArray());
    assertRefused(file, "train", "has a name or attributes of 2097152 bytes; refused");
  }

  @Test
  void countsLinksDevicesAndPipesWithoutReadingThem() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    List<Byte> types =
        List.of(
            TarConstants.LF_SYMLINK,
            TarConstants.LF_LINK,
            TarConstants.LF_CHR,
            TarConstants.LF_BLK,
            TarConstants.LF_FIFO);
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
      for (byte type : types) {
        TarArchiveEntry entry = new TarArchiveEntry("n1/odd" + type, type);
        entry.setLinkName("../../../etc/passwd");
        out.putArchiveEntry(entry);
        out.closeArchiveEntry();
      }
      put(out, new TarArchiveEntry("n1/a"), new byte[1]);
      put(out, new TarArchiveEntry("n2/b"), new byte[1]);
    }
    ImageListing listing = list(Files.write(temporary.resolve("a.tar"), tar.toByteArray()));

    assertEquals(List.of("n1/a", "n2/b"), keys(listing));
    assertEquals(types.size(), listing.skipped());
  }

  @Test
  void hintsThatAMissingSplitMayBeLinks() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
      for (String name : List.of("n1/a", "n2/b")) {
        put(out, new TarArchiveEntry("train/" + name), new byte[1]);
        TarArchiveEntry link = new TarArchiveEntry("val/" + name, TarConstants.LF_SYMLINK);
        link.setLinkName("../../train/" + name);
        out.putArchiveEntry(link);
        out.closeArchiveEntry();
      }
    }
    Path file = Files.write(temporary.resolve("a.tar"), tar.toByteArray());

    assertRefused(file, "val", "it has train", "its 2 links or devices are not read", "tar -h");
  }

  /** A tar in an inner tar is listed as a file. */
  @Test
  void opensOnlyOneLevelOfNestedTars() throws IOException {
    int mode = TarArchiveOutputStream.LONGFILE_ERROR;
    byte[] tar = SourceArchives.tar(contents("a", "b"), mode);
    for (int depth = 0; depth < 20; depth++) {
      tar = SourceArchives.tar(new LinkedHashMap<>(Map.of("n1.tar", tar, "n2.tar", tar)), mode);
      if (tar.length > 4 << 20) {
        break;
      }
    }
    Path file = Files.write(temporary.resolve("a.tar"), tar);

    assertEquals(4, list(file).images().size());
  }

  /** Ten thousand members with seventy thousand unused attributes each. */
  @Test
  void isNotSlowedByUnusedAttributes() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
      TarArchiveEntry global = new TarArchiveEntry("g", TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER);
      for (int i = 0; i < 70_000; i++) {
        global.addPaxHeader("z" + i, "x");
      }
      out.putArchiveEntry(global);
      for (int i = 0; i < 10_000; i++) {
        put(out, new TarArchiveEntry("n" + i % 2 + "/" + i), new byte[1]);
      }
    }
    Path file = Files.write(temporary.resolve("a.tar"), tar.toByteArray());

    ImageListing listing = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> list(file));

    assertEquals(10_000, listing.images().size());
  }

  @Test
  void refusesHeadersWithMalformedNumbers() throws IOException {
    byte[] tar =
        SourceArchives.tar(contents("n1/a", "n2/b"), TarArchiveOutputStream.LONGFILE_ERROR);
    for (int at : new int[] {100, 108, 116, 124, 136, 148}) {
      byte[] damaged = tar.clone();
      System.arraycopy("../../et".getBytes(US_ASCII), 0, damaged, at, 8);
      if (at != 148) {
        sum(damaged);
      }
      Path file = Files.write(temporary.resolve("a.tar"), damaged);
      assertRefused(file, "train", "has no valid header at byte 0");
    }
  }

  private static void sum(byte[] header) {
    System.arraycopy("        ".getBytes(US_ASCII), 0, header, 148, 8);
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += header[i] & 0xFF;
    }
    System.arraycopy(String.format("%06o\0 ", sum).getBytes(US_ASCII), 0, header, 148, 8);
  }

  /** All entries point to the same bytes: a zip bomb of as many images as the directory holds. */
  @Test
  void refusesOverlappingEntries() throws IOException {
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), contents("n1/a", "n1/b", "n2/c"));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(zip)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i + 4 <= bytes.capacity(); i++) {
      if (bytes.getInt(i) == 0x02014b50) {
        bytes.putInt(i + LOCAL_OFFSET_AT, 0);
      }
    }
    Files.write(zip, bytes.array());
    assertRefused(zip, "train", "and another entry in the same place");
  }

  /** Corrupts each number in zip64's end record, by its offset there. */
  @ParameterizedTest
  @CsvSource({
    "24, 9223372036854775807",
    "32, -1",
    "32, 4611686018427387904",
    "40, 9223372036854775807",
    "40, -1",
    "48, 9223372036854775807",
    "48, -9223372036854775808",
    "48, 1",
    "16, 1"
  })
  void refusesAZip64RecordThatLies(int at, long value) throws IOException {
    Path zip =
        SourceArchives.zip(
            temporary.resolve("a.zip"), contents("n1/a", "n2/b"), Zip64Mode.Always, 0);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(zip)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i + 4 <= bytes.capacity(); i++) {
      if (bytes.getInt(i) == 0x06064b50) {
        bytes.putLong(i + at, value);
        if (at == 32 || at == 24) { // entries, twice
          bytes.putLong(i + 24, value).putLong(i + 32, value);
        }
      }
    }
    Files.write(zip, bytes.array());
    assertRefused(zip, "train", "is not an intact zip");
  }

  @Test
  void refusesAFolderWithALinkToItself() throws IOException {
    Path folder = SourceArchives.folder(temporary.resolve("source"), contents("n1/a", "n2/b"));
    Files.createSymbolicLink(folder.resolve("n1/loop"), folder);
    assertRefused(folder, "train", "/n1/loop is a link to one of its parent folders; remove it");
  }

  /** GNU tar's header of a long name. */
  private static TarArchiveEntry longName() {
    return new TarArchiveEntry(TarConstants.GNU_LONGLINK, TarConstants.LF_GNUTYPE_LONGNAME);
  }

  private static void put(TarArchiveOutputStream out, TarArchiveEntry entry, byte[] body)
      throws IOException {
    entry.setSize(body.length);
    out.putArchiveEntry(entry);
    out.write(body);
    out.closeArchiveEntry();
  }

  private static void replace(Path file, String from, String to) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] wanted = from.getBytes(UTF_8);
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        System.arraycopy(to.getBytes(UTF_8), 0, bytes, i, wanted.length);
      }
    }
    Files.write(file, bytes);
  }
}
