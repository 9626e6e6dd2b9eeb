package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SourceArchives;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where images lie in what people download, unpack and copy about. */
class LayoutTest {
  @TempDir Path temporary;

  /** The same files as a folder, a zip or a tar. */
  private enum Packed {
    FOLDER,
    ZIP,
    TAR;

    Path pack(Path place, Map<String, byte[]> files) throws IOException {
      return switch (this) {
        case FOLDER -> SourceArchives.folder(place.resolve("source"), files);
        case ZIP -> SourceArchives.zip(place.resolve("source.zip"), files);
        case TAR -> SourceArchives.tar(place.resolve("source.tar"), files);
      };
    }
  }

  private static ImageListing list(ImageSource source) throws IOException {
    return ImageListing.of(Storage.local(), source);
  }

  private ImageListing list(String split, String... paths) throws IOException {
    return list(ImageSource.of(zip(paths).toString(), split));
  }

  private Path zip(String... paths) throws IOException {
    return SourceArchives.zip(temporary.resolve("source.zip"), contents(paths));
  }

  private void assertRefused(String split, List<String> paths, String... words) throws IOException {
    assertRefused(ImageSource.of(zip(paths.toArray(String[]::new)).toString(), split), words);
  }

  private static void assertRefused(ImageSource source, String... words) {
    IOException refusal = assertThrows(IOException.class, () -> list(source));
    assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
    for (String word : words) {
      assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }
  }

  @Test
  void countsByKindWhatIsNoImageOfTheSplit() throws IOException {
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
        listing.leftOut().byKind());
    assertEquals(11, listing.skipped());
  }

  /** Whatever the names, no file is in two counts or in none. */
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
        "a.txt",
        "a@SynoEAStream",
        ".nomedia",
        "a\nb",
        "README",
        "SHA256SUMS"
      })
  void leavesOutAndCountsSystemFiles(String name) throws IOException {
    ImageListing listing = list("train", "a/1.jpg", "a/" + name, "b/1.jpg", name);

    assertEquals(List.of("a/1.jpg", "b/1.jpg"), keys(listing));
    assertEquals(2, listing.skipped());
    assertEquals(1, listing.leftOut().byKind().size(), listing.leftOut().byKind().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@eaDir",
        "lost+found",
        "$RECYCLE.BIN",
        "System Volume Information",
        "#recycle",
        ".Trashes",
        ".ipynb_checkpoints",
        "__MACOSX",
        "Annotations"
      })
  void leavesOutAndCountsSystemFolders(String name) throws IOException {
    ImageListing listing =
        list("train", "a/1.jpg", "b/1.jpg", name + "/x", name + "/c/2.jpg", "a/" + name + "/3.jpg");

    assertEquals(List.of("a", "b"), listing.classes());
    assertEquals(2, listing.images().size());
    assertEquals(3, listing.skipped());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOLDER", "ZIP", "TAR"})
  void passesThroughFoldersAroundTheClasses(String packed) throws IOException {
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
  void letsImagesDecideBetweenSets() throws IOException {
    assertEquals(
        List.of("a/1.jpg", "b/2.jpg"),
        keys(list("train", "boxes/a/1", "boxes/b/2", "pictures/a/1.jpg", "pictures/b/2.jpg")));
    assertEquals(
        List.of("a/1.jpg", "b/2.jpg"),
        keys(list("train", "x/train/a/1", "x/train/b/2", "y/train/a/1.jpg", "y/train/b/2.jpg")));
  }

  @Test
  void namesTheSetsWhereSeveralAreLeft() throws IOException {
    List<String> paths = List.of("x/a/1.jpg", "x/b/2.jpg", "y/a/1.jpg", "y/c/2.jpg");
    String input = temporary.resolve("source.zip").toString();

    assertRefused("train", paths, "class folders in 2 places (x/, y/)", "--input=" + input + "!/x");
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
    assertRefused(ImageSource.of(source + "!/", "train"), source + "!/ names no folder behind !/");
  }

  @Test
  void saysWhatAnArchiveHasInsteadOfAPart() throws IOException {
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
  void readsATarInATarByItsName() throws IOException {
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
  void neverIgnoresWhatLiesBelowAClass() throws IOException {
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
        "if the classes lie deeper",
        "!/d");
  }

  @ParameterizedTest
  @CsvSource({"tiny/train/,train", "'',train", "val/,val"})
  void passesThroughAFolderOfOneNameInEveryClass(String top, String split) throws IOException {
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
    "validation,val",
    "valid,val",
    "val,validation",
    "test,test",
    "Train,train",
    "validation,valid",
    "training,train",
    "testing,test",
    "valid,validation"
  })
  void takesASplitByAnyOfItsNames(String folder, String split) throws IOException {
    ImageListing listing =
        list(split, "d/" + folder + "/a/1.jpg", "d/" + folder + "/b/2.jpg", "d/other/a/3.jpg");

    assertEquals(List.of("a/1.jpg", "b/2.jpg"), keys(listing));
  }

  @Test
  void prefersTheSplitsOwnName() throws IOException {
    String[] paths = {
      "val/a/1.jpg",
      "val/b/1.jpg",
      "validation/a/2.jpg",
      "validation/b/2.jpg",
      "test/a/3",
      "test/b/3"
    };

    assertEquals(List.of("a/1.jpg", "b/1.jpg"), keys(list("val", paths)));
    assertEquals(List.of("a/2.jpg", "b/2.jpg"), keys(list("validation", paths)));
    assertRefused("train", List.of(paths), "has no split train", "it has test, val, validation");
  }

  /** {@code train} may be a vehicle. */
  @Test
  void takesAFolderAmongClassesForAClass() throws IOException {
    assertEquals(
        List.of("car", "plane", "train"),
        list("train", "car/1.jpg", "plane/2.jpg", "train/3.jpg").classes());
    assertEquals(
        List.of("car", "train"),
        list("train", "train/car/1.jpg", "train/train/3.jpg", "val/car/2.jpg", "val/train/4.jpg")
            .classes());
    assertEquals(
        List.of("car", "train"), list("train", "car/images/1.jpg", "train/images/3.jpg").classes());
  }

  @Test
  void asksForLabelsOfAFlatSplit() throws IOException {
    assertRefused(
        "val", List.of("train/a/1.jpg", "train/b/2.jpg", "val/3.jpg"), "val/", "--labels");
    assertRefused("train", List.of("train/1.jpg", "val/2.jpg"), "train/", "--labels");
    assertRefused("val", List.of("val/images/1.jpg", "train/a/images/2.jpg"), "--labels");
  }

  @Test
  void ranksNumbersByNumber() throws IOException {
    ImageListing listing =
        list("train", IntStream.range(0, 12).mapToObj(i -> i + "/x.jpg").toArray(String[]::new));

    assertEquals(IntStream.range(0, 12).mapToObj(i -> "" + i).toList(), listing.classes());
    assertEquals("folder names, by number", listing.labels());
    for (ImageRef image : listing.images()) {
      assertEquals(Integer.parseInt(image.synset()), image.label());
    }
    assertEquals(
        List.of("1", "10", "9", "x"), list("train", "1/a", "10/a", "9/a", "x/a").classes());
    assertEquals(List.of("002", "10"), list("train", "10/a", "002/a").classes());
    assertRefused("train", List.of("2/a", "002/b", "3/c"), "002", "are one number");
  }

  @Test
  void givesNumbersTheNamesOfAList() throws IOException {
    Path zip = zip("0/a.jpg", "2/b.jpg", "10/c.jpg");
    String list = file("names.txt", "zebra a\nyak b\nxerus\nw\nv\nu\nt\ns\nr\nq\nant, of a kind\n");
    ImageSource source = ImageSource.of(zip.toString(), "train");

    ImageListing listing = list(source.withClasses(list));

    assertEquals(List.of("ant/c.jpg", "xerus/b.jpg", "zebra/a.jpg"), keys(listing));
    assertEquals(List.of(10, 2, 0), listing.images().stream().map(ImageRef::label).toList());
    assertEquals("zebra", listing.classes().get(0));
    assertEquals(11, listing.classes().size());
    assertEquals(
        "folder numbers, named by a list of classes, in the list's order", listing.labels());

    ImageListing counted = list(source.withClasses("1000"));
    assertEquals(1000, counted.classes().size());
    assertEquals(List.of(0, 10, 2), counted.images().stream().map(ImageRef::label).toList());
    assertEquals("folder names, by number", counted.labels());

    assertRefused(source.withClasses("10"), "class folder 10", "10 classes", "count from 1");
    assertRefused(source.withClasses("0"), "--classes=0 cannot be");
  }

  /** A split that lacks the first or the last class looks as one that counts from the other. */
  @Test
  void asksWhereNumbersBeginWhereNoFolderTells() throws IOException {
    String list = file("names.txt", "a\nb\nc\nd\n");
    ImageSource source =
        ImageSource.of(zip("1/x.jpg", "3/y.jpg").toString(), "train").withClasses(list);

    assertRefused(source, "no class folder 0", "--labelOffset=0 or --labelOffset=1");
    assertEquals(List.of("b/x.jpg", "d/y.jpg"), keys(list(source.withLabelOffset(0))));
    assertEquals(List.of("a/x.jpg", "c/y.jpg"), keys(list(source.withLabelOffset(1))));
    assertRefused(source.withLabelOffset(2), "class folder 1", "2 to 5");
  }

  @Test
  void givesTarsThatAreCalledByNumberTheNamesOfAList() throws IOException {
    for (String name : List.of("0", "1", "10")) {
      SourceArchives.tar(temporary.resolve(name + ".tar"), contents("x" + name + ".jpg"));
    }
    ImageSource source = ImageSource.of(temporary + "/*.tar", "train");
    String list = file("names.txt", "d\nc\ne\nf\ng\nh\ni\nj\nk\nl\na\n");

    assertEquals(List.of("0", "1", "10"), list(source).classes());
    ImageListing named = list(source.withClasses(list));
    assertEquals(List.of("a/x10.jpg", "c/x1.jpg", "d/x0.jpg"), keys(named));
    assertEquals(List.of(10, 1, 0), named.images().stream().map(ImageRef::label).toList());
  }

  @Test
  void refusesOneNumberInTwoSpellingsOfTwoInputs() throws IOException {
    String one = SourceArchives.zip(temporary.resolve("1.zip"), contents("1/a", "2/b")).toString();
    String two = SourceArchives.zip(temporary.resolve("2.zip"), contents("01/c", "3/d")).toString();
    ImageSource both = ImageSource.of(List.of(one, two), "train");

    assertRefused(both, two + " has the class folders 1 and 01, which are one number");
    assertEquals(
        List.of("b/a", "b/c", "c/b", "d/d"),
        keys(list(both.withClasses(file("n", "a\nb\nc\nd")).withLabelOffset(0))));
  }

  @Test
  void refusesAnInputWithoutImagesAmongOthers() throws IOException {
    String one = SourceArchives.zip(temporary.resolve("1.zip"), contents("1/a", "2/b")).toString();
    String two = SourceArchives.zip(temporary.resolve("2.zip"), contents("a.txt")).toString();

    assertRefused(ImageSource.of(List.of(one, two), "train"), two + " has no images");
  }

  @Test
  void takesPartsOfAnArchiveForClasses() throws IOException {
    String zip = zip("x/n1.5/1.jpg", "x/n2/2.jpg").toString();

    assertEquals(
        List.of("n1.5/1.jpg", "n2/2.jpg"),
        keys(list(ImageSource.of(List.of(zip + "!/x/n1.5", zip + "!/x/n2"), "train"))));
  }

  @Test
  void ranksNamedFoldersWhateverTheListsOrder() throws IOException {
    ImageSource source = ImageSource.of(zip("a b/1.jpg", "c d/2.jpg").toString(), "train");

    for (String list : List.of("c d\na b\nb", "c d\na b\na c", "c d\na b\nB b\n\n")) {
      ImageListing listing = list(source.withClasses(file("names.txt", list)));

      assertEquals(List.of("a b/1.jpg", "c d/2.jpg"), keys(listing));
      assertEquals(3, listing.classes().size());
      assertEquals("folder names, in byte order", listing.labels());
    }
    assertRefused(source.withClasses(file("names.txt", "a\nc d\n")), "does not list the class a b");
  }

  @Test
  void refusesTwoWaysToCallAClass() throws IOException {
    String one = SourceArchives.zip(temporary.resolve("1.zip"), contents("0/a", "1/b")).toString();
    String two =
        SourceArchives.zip(temporary.resolve("2.zip"), contents("n01440764/c", "n01443537/d"))
            .toString();
    ImageSource both = ImageSource.of(List.of(one, two), "train");

    assertRefused(both, one + " has numbers for classes and " + two + " has synsets");
    ImageListing listing =
        list(both.withClasses(file("names.txt", "n01440764 tench\nn01443537 goldfish\n")));
    assertEquals(List.of("n01440764", "n01443537"), listing.classes());
    assertEquals(
        List.of("n01440764/a", "n01440764/c", "n01443537/b", "n01443537/d"), keys(listing));
  }

  private static final String[] KAGGLE = {
    "ILSVRC/Annotations/CLS-LOC/train/n01440764/n01440764_10040.xml",
    "ILSVRC/Annotations/CLS-LOC/val/ILSVRC2012_val_00000001.xml",
    "ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_00000001.JPEG",
    "ILSVRC/Data/CLS-LOC/train/n01440764/n01440764_10026.JPEG",
    "ILSVRC/Data/CLS-LOC/train/n01443537/n01443537_10007.JPEG",
    "ILSVRC/Data/CLS-LOC/val/ILSVRC2012_val_00000001.JPEG",
    "ILSVRC/Data/CLS-LOC/val/ILSVRC2012_val_00000002.JPEG",
    "ILSVRC/ImageSets/CLS-LOC/val.txt",
    "LOC_sample_submission.csv",
    "LOC_synset_mapping.txt",
    "LOC_train_solution.csv"
  };

  private static Map<String, byte[]> kaggle() {
    Map<String, byte[]> files = contents(KAGGLE);
    String solution =
        """
        ImageId,PredictionString
        ILSVRC2012_val_00000002,n01440764 1 2 3 4
        ILSVRC2012_val_00000001,n01443537 1 2 3 4 n01443537 5 6 7 8
        """;
    files.put("LOC_val_solution.csv", solution.getBytes(UTF_8));
    return files;
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOLDER", "ZIP", "TAR"})
  void readsKagglesZipAsItIs(String packed) throws IOException {
    Path source = Packed.valueOf(packed).pack(temporary, kaggle());

    ImageListing train = list(ImageSource.of(source.toString(), "train"));
    ImageListing val = list(ImageSource.of(source.toString(), "val"));

    assertEquals(
        List.of("n01440764/n01440764_10026.JPEG", "n01443537/n01443537_10007.JPEG"), keys(train));
    assertEquals(
        List.of("n01440764/ILSVRC2012_val_00000002.JPEG", "n01443537/ILSVRC2012_val_00000001.JPEG"),
        keys(val));
    assertEquals(train.classes(), val.classes());
    assertEquals("a labels file, in byte order", val.labels());
    assertEquals(KAGGLE.length + 1, train.images().size() + train.skipped());
    assertEquals(KAGGLE.length + 1, val.images().size() + val.skipped());
    String labels = file("labels.csv", "ILSVRC2012_val_00000001,n1\nILSVRC2012_val_00000002,n2\n");
    ImageListing own = list(ImageSource.of(source.toString(), "val").withLabels(labels));
    assertEquals(List.of("n1", "n2"), own.classes());
    assertRefused(ImageSource.of(source.toString(), "test"), "test/", "--labels");
  }

  @Test
  void takesTheClassFromNamesThatEndInOne() throws IOException {
    Path one =
        SourceArchives.tar(
            temporary.resolve("train_images_0.tar"),
            contents("n01440764_10026_n01440764.JPEG", "n01443537_10007_n01443537.JPEG"));
    Path two =
        SourceArchives.tar(
            temporary.resolve("train_images_1.tar"), contents("n01440764_10027_n01440764.JPEG"));

    ImageListing both = list(ImageSource.of(temporary + "/train_images_*.tar", "train"));

    assertEquals(
        List.of(
            "n01440764/n01440764_10026_n01440764.JPEG",
            "n01440764/n01440764_10027_n01440764.JPEG",
            "n01443537/n01443537_10007_n01443537.JPEG"),
        keys(both));
    assertEquals("file names, in byte order", both.labels());
    assertEquals(2, list(ImageSource.of(one.toString(), "train")).images().size());
    Files.delete(two);
    SourceArchives.tar(two, contents("n01440764_10027_n01440764.JPEG", "n01440764_10028.JPEG"));
    assertRefused(
        ImageSource.of(temporary + "/train_images_*.tar", "train"), "such as n01440764_10028.JPEG");
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

  private String file(String name, String content) throws IOException {
    return Files.writeString(temporary.resolve(name), content).toString();
  }

  /** Every file of a source is an image, counted as left out, or the job fails. */
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
        } catch (UnfitSourceException e) {
          assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
        }
      }
    }
  }
}
