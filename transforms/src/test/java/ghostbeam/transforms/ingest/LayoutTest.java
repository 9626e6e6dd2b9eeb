package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts of sources as people download, unpack and copy them. */
class LayoutTest extends LayoutCase {
  @Test
  void countsSkippedFilesByKind() throws IOException {
    ImageListing listing =
        list(
            "train",
            "LICENSE",
            "cover.png",
            "train/n1/a.txt",
            "train/n1/b.JPEG",
            "train/n1/.hidden",
            "train/n1/more.csv",
            "train/n2/d",
            "val/n1/e.JPEG",
            "val/n1/.hidden",
            "__MACOSX/train/n1/._b.JPEG",
            ".git/config",
            "Annotations/CLS-LOC/train/n1/b.xml",
            "ImageSets/train.png");

    assertEquals(List.of("n1/b.JPEG", "n2/d"), keys(listing));
    assertEquals(
        Map.of(
            "macOS's own files, such as __MACOSX/train/n1/._b.JPEG", 1L,
            "hidden files, such as .git/config", 2L,
            "annotations and image sets, such as Annotations/CLS-LOC/train/n1/b.xml", 2L,
            "lists and notes, such as LICENSE", 3L,
            "outside the class folders, such as cover.png", 1L,
            "of other splits, such as val/n1/.hidden", 2L),
        listing.skippedFiles().byKind());
    assertEquals(11, listing.skipped());
  }

  /** Every file is counted exactly once, whatever its name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "._a.jpg",
        ".DS_Store",
        "Thumbs.db",
        "thumbs.DB",
        "desktop.ini",
        "Icon\r",
        "ehthumbs.db",
        "a.jpg:Zone.Identifier",
        "a.xmp",
        "a.txt",
        "a@SynoEAStream",
        ".nomedia",
        "a\nb",
        "README",
        "SHA256SUMS"
      })
  void skipsAndCountsSystemFiles(String name) throws IOException {
    ImageListing listing = list("train", "a/1.jpg", "a/" + name, "b/1.jpg", name);

    assertEquals(List.of("a/1.jpg", "b/1.jpg"), keys(listing));
    assertEquals(2, listing.skipped());
    assertEquals(
        1, listing.skippedFiles().byKind().size(), listing.skippedFiles().byKind().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@eaDir",
        "lost+found",
        "$RECYCLE.BIN",
        "System Volume Information",
        "#recycle",
        "~snapshot",
        "FOUND.000",
        ".Trashes",
        ".ipynb_checkpoints",
        "__MACOSX",
        "Annotations"
      })
  void skipsAndCountsSystemFolders(String name) throws IOException {
    ImageListing listing =
        list("train", "a/1.jpg", "b/1.jpg", name + "/x", name + "/c/2.jpg", "a/" + name + "/3.jpg");

    assertEquals(List.of("a", "b"), listing.classes());
    assertEquals(2, listing.images().size());
    assertEquals(3, listing.skipped());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOLDER", "ZIP", "TAR"})
  void descendsIntoWrappingFolders(String packed) throws IOException {
    Path source =
        Packed.valueOf(packed)
            .pack(
                temporary,
                contents(
                    "d/flowers/README.md",
                    "d/flowers/daisy/1.jpg",
                    "d/flowers/rose/2.jpg",
                    "d/labels/daisy/1.xml",
                    "d/labels/rose/2.xml",
                    "__MACOSX/d/flowers/daisy/._1.jpg"));

    ImageListing listing = list(ImageSource.of(source.toString(), "train"));

    assertEquals(List.of("daisy/1.jpg", "rose/2.jpg"), keys(listing));
    assertEquals(4, listing.skipped());
    assertEquals("folder names, in byte order", listing.labels());
  }

  @Test
  void choosesTheClassSetWithImages() throws IOException {
    assertEquals(
        List.of("a/1.jpg", "b/2.jpg"),
        keys(list("train", "boxes/a/1", "boxes/b/2", "pictures/a/1.jpg", "pictures/b/2.jpg")));
    assertEquals(
        List.of("a/1.jpg", "b/2.jpg"),
        keys(list("train", "x/train/a/1", "x/train/b/2", "y/train/a/1.jpg", "y/train/b/2.jpg")));
  }

  @Test
  void namesTheClassSetsIfSeveralAreLeft() throws IOException {
    List<String> paths = List.of("x/a/1.jpg", "x/b/2.jpg", "y/a/1.jpg", "y/c/2.jpg");
    String input = temporary.resolve("source.zip").toString();

    assertRefused("train", paths, "class folders in 2 places (x/, y/)", "[" + input + "!/x");
    assertEquals(List.of("a/1.jpg", "c/2.jpg"), keys(list(ImageSource.of(input + "!/y", "train"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOLDER", "ZIP", "TAR"})
  void readsAPartOfAnInput(String packed) throws IOException {
    Path source =
        Packed.valueOf(packed)
            .pack(temporary, contents("x/a/1.jpg", "x/b/2.jpg", "y/train/c/1.jpg", "y/train/d/2"));

    assertEquals(
        List.of("a/1.jpg", "b/2.jpg"), keys(list(ImageSource.of(source + "!/x", "train"))));
    assertEquals(List.of("c/1.jpg", "d/2"), keys(list(ImageSource.of(source + "!/y/", "train"))));
    assertEquals(
        List.of("c/1.jpg", "d/2"),
        keys(list(ImageSource.of(temporary + "/sour*!/y/train", "train"))));
    assertRefused(ImageSource.of(source + "!/z", "train"), source.toString(), "z");
    assertRefused(ImageSource.of(source + "!/", "train"), source + "!/ names no folder");
  }

  @Test
  void namesTheFoldersOfAnArchiveThatLacksAPart() throws IOException {
    Path zip = zip("x/a/1.jpg", "y/b/2.jpg", "__MACOSX/c/d");

    assertRefused(
        ImageSource.of(zip + "!/z/train", "train"), zip + " has no folder z/train/; it has x/, y/");
  }

  @Test
  void readsAFolderWhoseNameEndsInAnExclamationMark() throws IOException {
    SourceArchives.folder(temporary.resolve("new!"), contents("x/a/1.jpg", "x/b/2.jpg"));

    assertEquals(
        List.of("a/1.jpg", "b/2.jpg"), keys(list(ImageSource.of(temporary + "/new!/x", "train"))));
  }

  @Test
  void readsAnInnerTarByItsName() throws IOException {
    Map<String, byte[]> inner = new LinkedHashMap<>();
    byte[] tar =
        SourceArchives.tar(contents("a/1.jpg", "b/2.jpg"), TarArchiveOutputStream.LONGFILE_ERROR);
    inner.put("one.tar", tar);
    inner.put("two.tar", tar);
    Path outer = SourceArchives.tar(temporary.resolve("outer.tar"), inner);

    for (String part : List.of("one.tar", "one")) {
      assertEquals(
          List.of("a/1.jpg", "b/2.jpg"), keys(list(ImageSource.of(outer + "!/" + part, "train"))));
    }
  }

  @Test
  void neverIgnoresFilesBelowAClassFolder() throws IOException {
    assertRefused(
        "train",
        List.of("a/1.jpg", "a/more/2.jpg", "b/3.jpg", "b/more/4.jpg"),
        "has 2 files below its class folders, such as a/more/2.jpg");
    assertRefused(
        "train",
        List.of("a/images/1.jpg", "b/pictures/2.jpg", "c/3.jpg"),
        "has 2 files below its class folders, such as a/images/1.jpg");
    assertRefused(
        "train",
        List.of("a/1.jpg", "a/test/2.jpg", "b/3.jpg"),
        "has 1 files below its class folders, such as a/test/2.jpg");
    assertRefused(
        "train",
        List.of("d/1.jpg", "d/a/2.jpg", "d/b/3.jpg"),
        "such as d/a/2.jpg",
        "DEEPER_FOLDER",
        "!/d");
  }

  @ParameterizedTest
  @CsvSource({"tiny/train/,train", "'',train", "val/,val"})
  void descendsIntoACommonSubfolderOfEveryClass(String top, String split) throws IOException {
    ImageListing listing =
        list(
            split,
            top + "n01/images/n01_0.JPEG",
            top + "n01/n01_boxes.txt",
            top + "n02/images/n02_0.JPEG",
            top + "n02/n02_boxes.txt");

    assertEquals(List.of("n01/n01_0.JPEG", "n02/n02_0.JPEG"), keys(listing));
    assertEquals(2, listing.skipped());
  }

  @Test
  void refusesAClassWithoutImages() throws IOException {
    assertRefused(
        "train",
        List.of("a/1.jpg", "b/2.jpg", "c/notes.txt", "d/Thumbs.db"),
        "has 2 folders beside its classes without any image, such as c (with notes.txt)");
  }

  @ParameterizedTest
  @CsvSource({
    "a.tar.gz,gunzip",
    "a.tgz,gunzip",
    "a.TAR.BZ2,bunzip2",
    "a.txz,unxz",
    "a.tar.zst,unzstd"
  })
  void refusesCompressedTarsWithACommandToCopy(String name, String command) throws IOException {
    Path tar = Files.writeString(temporary.resolve(name), "x");

    assertRefused(
        ImageSource.of(tar.toString(), "train"),
        tar + " is a compressed tar",
        command + " --keep " + tar);
  }

  /** Every file of a source is an image or counted as skipped, or the job fails. */
  @Test
  void accountsForEveryFile() throws IOException {
    List<String> folders = List.of("", "a/", "b/", "train/a/", "train/b/", "val/a/", "x/y/a/");
    List<String> names = List.of("1.jpg", "2", "3.txt", ".4", "5.mp4");
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      String[] paths =
          folders.stream()
              .flatMap(folder -> names.stream().map(name -> folder + name))
              .filter(path -> random.nextInt(3) == 0)
              .toArray(String[]::new);
      Path folder = SourceArchives.folder(temporary.resolve("s" + seed), contents(paths));
      for (String split : List.of("train", "val")) {
        try {
          ImageListing listing = list(ImageSource.of(folder.toString(), split));
          assertEquals(paths.length, listing.images().size() + listing.skipped(), split + seed);
        } catch (InvalidSourceException e) {
          assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
        }
      }
    }
  }
}
