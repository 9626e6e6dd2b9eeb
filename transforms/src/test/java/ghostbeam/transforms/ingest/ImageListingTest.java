package ghostbeam.transforms.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageListingTest {
  private static final int CENTRAL_FLAGS_AT = 8;
  private static final int CENTRAL_METHOD_AT = 10;

  /** A TFRecord with an empty record and valid checksums. */
  private static final byte[] LENGTH_OF_A_RECORD = {
    0, 0, 0, 0, 0, 0, 0, 0, 0x29, 0x03, (byte) 0x98, 0x07
  };

  @TempDir Path temporary;

  @Test
  void ranksClassesInByteOrder() throws IOException {
    ImageListing listing = list(folder("b/1", "B/1", "é/1", "\uFF5E/1", "\uD83D\uDE00/1", "a/1"));

    assertEquals(List.of("B", "a", "b", "é", "\uFF5E", "\uD83D\uDE00"), listing.classes());
    for (ImageRef image : listing.images()) {
      assertEquals(image.synset(), listing.classes().get(image.label()));
    }
  }

  @Test
  void sortsImagesByKeyAcrossClasses() throws IOException {
    List<String> keys = keys(list(zip("n2/b.JPEG", "n1/z.JPEG", "n1-x/a.JPEG", "n1/a.JPEG")));

    assertEquals(List.of("n1-x/a.JPEG", "n1/a.JPEG", "n1/z.JPEG", "n2/b.JPEG"), keys);
  }

  @Test
  void refusesDanglingLinksExceptHiddenOnes() throws IOException {
    Path folder = folder("n1/a", "n2/b", "n2/.cache/c");
    Path gone = temporary.resolve("gone");
    Files.createSymbolicLink(folder.resolve("n1/.lock"), gone);
    Files.createSymbolicLink(folder.resolve("n2/.cache/d"), gone);
    assertEquals(List.of("n1/a", "n2/b"), keys(list(folder)));

    Path link = Files.createSymbolicLink(folder.resolve("n2/d"), gone);
    assertRefused(folder, "train", link + " is a dangling link", "one of 1 in ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "imagenet/", "ILSVRC/Data/CLS-LOC/"})
  void findsTheSplitAtAnyDepth(String top) throws IOException {
    String[] paths = {
      top + "train/n1/a.JPEG", top + "train/n2/b.JPEG", top + "val/n1/c.JPEG", top + "val/n2/d.JPEG"
    };

    assertEquals(List.of("n1/a.JPEG", "n2/b.JPEG"), keys(list(folder(paths))));
    assertEquals(List.of("n1/c.JPEG", "n2/d.JPEG"), keys(list(zip(paths), "val")));
  }

  @Test
  void readsASplitsOwnFolderAsTheWholeInput() throws IOException {
    Path folder = folder("val/n1/a.JPEG", "val/n2/b.JPEG");

    assertEquals(List.of("n1/a.JPEG", "n2/b.JPEG"), keys(list(folder.resolve("val"), "train")));
  }

  @Test
  void namesTheSplitsFound() throws IOException {
    assertRefused(folder("train/n1/a", "train/n2/b"), "val", "has no split val", "it has train");
  }

  @Test
  void refusesADuplicateSplit() throws IOException {
    assertRefused(
        folder("x/train/n1/a", "y/train/n1/a"), "train", "more than once (x/train/, y/train/)");
  }

  @Test
  void refusesInputsThatAreNotSources() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("empty"));
    Path text = Files.writeString(temporary.resolve("notes.txt"), "x");
    Path tar = Files.writeString(temporary.resolve("x.tar"), "x");
    Path compressed = Files.writeString(temporary.resolve("x.tar.gz"), "x");

    assertRefused(temporary.resolve("missing"), "train", "does not exist or is empty");
    assertRefused(folder, "train", "does not exist or is empty");
    assertRefused(text, "train", "is neither a folder, a .zip nor a .tar; expected one of them");
    assertRefused(tar, "train", "is truncated");
    assertRefused(temporary.resolve("a-{00..02}.tar"), "train", "braces are not expanded");
    Path records = Files.write(temporary.resolve("records"), LENGTH_OF_A_RECORD);
    assertRefused(records, "train", "is a TFRecord file whose records lack an image");
    assertRefused(compressed, "train", "cannot be read in place");
  }

  @ParameterizedTest
  @CsvSource({
    "a.zip, 'version https://git-lfs.github.com/spec/v1\n', a Git LFS pointer",
    "a.tar, '\n<!DOCTYPE html><title>', a web page",
    "a.tar.gz, <html lang=en>, a web page",
    "a.tar, '\u001f\u008b\u0008', compressed by gzip; unpack it first",
    "data_batch_1, '\u0080\u0002}q', a Python pickle",
    "a.h5, '\u0089HDF\r\n', an HDF5 file",
  })
  void saysWhatAFileIsIfItIsNotASource(String name, String start, String what) throws IOException {
    Path file =
        Files.write(temporary.resolve(name), Arrays.copyOf(start.getBytes(ISO_8859_1), 2048));
    assertRefused(file, "train", file + " is " + what);
  }

  @ParameterizedTest
  @ValueSource(strings = {"download", "a.zip.1", "a.zip", "a.tar", "a.jpg"})
  void recognisesAnArchiveByItsContent(String name) throws IOException {
    Path tar = SourceArchives.tar(temporary.resolve("in.tar"), contents("n1/a.JPEG", "n2/b.JPEG"));
    for (Path archive : List.of(zip("n1/a.JPEG", "n2/b.JPEG"), tar)) {
      Path called = Files.copy(archive, temporary.resolve(name), REPLACE_EXISTING);

      assertEquals(List.of("n1/a.JPEG", "n2/b.JPEG"), keys(list(called)));
    }
  }

  @Test
  void refusesASourceWithoutTwoClasses() throws IOException {
    assertRefused(folder("LICENSE", "a.JPEG"), "train", "has no images in class folders");
    assertRefused(zip("n1/a", "n1/b"), "train", "has only the class n1");
  }

  @Test
  void refusesATruncatedZip() throws IOException {
    Path zip = zip("n1/a", "n2/b");
    byte[] bytes = Files.readAllBytes(zip);
    for (int length : new int[] {0, 10, bytes.length / 2, bytes.length - 30}) {
      Files.write(zip, Arrays.copyOf(bytes, length));

      assertRefused(zip, "train", "is not an intact zip", "download it again");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../n1/a", "n1/../../a", "/n1/a", "n1/a\0.JPEG"})
  void refusesNamesThatEscapeFromTheSource(String hostile) throws IOException {
    assertRefused(zip("n1/a", "n2/b", hostile), "train", "leads out of it");
  }

  @Test
  void refusesEncryptedAndOddlyCompressedEntries() throws IOException {
    Path encrypted = zip("n1/a", "n2/b");
    patchFirstCentralHeader(encrypted, CENTRAL_FLAGS_AT, 1);
    assertRefused(encrypted, "train", "n1/a encrypted");

    Path odd = zip("n1/a", "n2/b");
    patchFirstCentralHeader(odd, CENTRAL_METHOD_AT, 93);
    assertRefused(odd, "train", "compressed by method 93");
  }

  @Test
  void refusesADuplicateEntry() throws IOException {
    Path zip = zip("n1/a", "n1/b", "n2/c");
    byte[] bytes = Files.readAllBytes(zip);
    for (int i = 0; i + 4 <= bytes.length; i++) {
      if (new String(bytes, i, 4, UTF_8).equals("n1/b")) {
        bytes[i + 3] = 'a';
      }
    }
    Files.write(zip, bytes);

    assertRefused(zip, "train", "holds n1/a twice");
  }

  private static void patchFirstCentralHeader(Path zip, int at, int value) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(zip)).order(ByteOrder.LITTLE_ENDIAN);
    int header = 0;
    while (bytes.getInt(header) != 0x02014b50) {
      header++;
    }
    bytes.putShort(header + at, (short) value);
    Files.write(zip, bytes.array());
  }

  private Path folder(String... paths) throws IOException {
    return SourceArchives.folder(temporary.resolve("source"), contents(paths));
  }

  private Path zip(String... paths) throws IOException {
    return SourceArchives.zip(temporary.resolve("source.zip"), contents(paths));
  }

  static Map<String, byte[]> contents(String... paths) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String path : paths) {
      files.put(path, ("image " + path).getBytes(UTF_8));
    }
    return files;
  }

  static ImageListing list(Path input) throws IOException {
    return list(input, "train");
  }

  private static ImageListing list(Path input, String split) throws IOException {
    return ImageListing.of(Storage.local(), ImageSource.of(input.toString(), split));
  }

  static List<String> keys(ImageListing listing) {
    return listing.images().stream().map(ImageRef::key).toList();
  }

  static void assertRefused(Path input, String split, String... words) {
    IOException refusal = assertThrows(IOException.class, () -> list(input, split));
    String message = refusal.getMessage();
    assertTrue(message.startsWith(input.toString()), message);
    assertEquals(1, message.lines().count(), message);
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  static byte[] tar(int longNames, String... paths) throws IOException {
    return SourceArchives.tar(contents(paths), longNames);
  }

  @Test
  void refusesNamesThatNoFileSystemCanHold() throws IOException {
    assertRefused(zip("n1/a", "n2/b", "n1/" + "a".repeat(256)), "train", "more than 255 bytes");
    Path tar =
        SourceArchives.tar(
            temporary.resolve("a.tar"), contents("n1/a", "n2/b", "n1/" + "a/".repeat(3000) + "b"));
    assertRefused(tar, "train", "more than 4096 bytes");
  }
}
