package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Label order of numbered and named classes, with and without a list. */
class ClassOrderTest extends LayoutCase {
  @Test
  void refusesTheSameNameInTwoUnicodeForms() throws IOException {
    assertRefused("train", List.of("caf\u00e9/1", "cafe\u0301/2", "x/3"), "NFC", "NFD");
  }

  @Test
  void refusesAnEmptyList() throws IOException {
    ImageSource source = ImageSource.of(zip("a/1", "b/2").toString(), "train");

    assertRefused(source.withClasses(file("none.txt", "\n")), "none.txt names no class");
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
    assertRefused("train", List.of("2/a", "002/b", "3/c"), "002", "are the same number");
  }

  @Test
  void namesNumberedFoldersByAList() throws IOException {
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

    assertRefused(source.withClasses("10"), "class folder 10", "10 classes", "FOLDERS_FROM_ONE");
    assertRefused(source.withClasses("0"), "0 cannot be the number of classes");
  }

  /** A split without its first or last class looks like one with the other offset. */
  @Test
  void asksForTheOffsetIfNoFolderShowsIt() throws IOException {
    String list = file("names.txt", "a\nb\nc\nd\n");
    ImageSource source =
        ImageSource.of(zip("1/x.jpg", "3/y.jpg").toString(), "train").withClasses(list);

    assertRefused(source, "no class folder 0", "FOLDERS_FROM_ZERO_OR_ONE");
    assertEquals(List.of("b/x.jpg", "d/y.jpg"), keys(list(source.withLabelOffset(0))));
    assertEquals(List.of("a/x.jpg", "c/y.jpg"), keys(list(source.withLabelOffset(1))));
    assertRefused(source.withLabelOffset(2), "class folder 1", "2 to 5");
  }

  @Test
  void namesNumberedTarsByAList() throws IOException {
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
  void refusesTwoSpellingsOfTheSameNumber() throws IOException {
    String one = SourceArchives.zip(temporary.resolve("1.zip"), contents("1/a", "2/b")).toString();
    String two = SourceArchives.zip(temporary.resolve("2.zip"), contents("01/c", "3/d")).toString();
    ImageSource both = ImageSource.of(List.of(one, two), "train");

    assertRefused(both, two + " has the class folders 1 and 01");
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
  void readsPartsOfAnArchiveAsClasses() throws IOException {
    String zip = zip("x/n1.5/1.jpg", "x/n2/2.jpg").toString();

    assertEquals(
        List.of("n1.5/1.jpg", "n2/2.jpg"),
        keys(list(ImageSource.of(List.of(zip + "!/x/n1.5", zip + "!/x/n2"), "train"))));
  }

  @Test
  void ranksNamedFoldersInByteOrderWhateverTheListsOrder() throws IOException {
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
  void refusesNumbersAndSynsetsTogether() throws IOException {
    String one = SourceArchives.zip(temporary.resolve("1.zip"), contents("0/a", "1/b")).toString();
    String two =
        SourceArchives.zip(temporary.resolve("2.zip"), contents("n01440764/c", "n01443537/d"))
            .toString();
    ImageSource both = ImageSource.of(List.of(one, two), "train");

    assertRefused(both, one + " names classes by number and " + two + " by synset");
    ImageListing listing =
        list(both.withClasses(file("names.txt", "n01440764 tench\nn01443537 goldfish\n")));
    assertEquals(List.of("n01440764", "n01443537"), listing.classes());
    assertEquals(
        List.of("n01440764/a", "n01440764/c", "n01443537/b", "n01443537/d"), keys(listing));
  }
}
