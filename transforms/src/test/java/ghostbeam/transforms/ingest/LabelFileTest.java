package ghostbeam.transforms.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.failure.Advice;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelFileTest {
  /** In the order of a development kit, which is not byte order. */
  private static final String KIT = "n03000000 shark\nn01000000 tench, Tinca\nn02000000 hen\n";

  private static final List<String> RANKED = List.of("n01000000", "n02000000", "n03000000");
  private static final List<String> KEYS_OF_TRUTH =
      List.of("n01000000/v_2.JPEG=0", "n02000000/v_1.JPEG=1", "n03000000/v_3.JPEG=2");

  @TempDir Path temporary;

  @Test
  void resolvesNumbersByTheKitsOrderAndRanksByBytes() throws IOException {
    ImageListing listing = list("v_3.JPEG v_1.JPEG v_2.JPEG", "3\n2\n1\n", file("kit.txt", KIT));

    assertEquals(RANKED, listing.classes());
    assertEquals(KEYS_OF_TRUTH, labels(listing));
  }

  @Test
  void readsKagglesSolutionFile() throws IOException {
    String solution =
        String.join(
            "\r\n",
            "ImageId,PredictionString",
            "v_3,n03000000 85 1 499 272 n03000000 1 2 3 4 ",
            "v_1,n02000000 1 2 3 4 ",
            "v_2,n01000000 1 2 3 4 ");

    assertEquals(KEYS_OF_TRUTH, labels(list("v_1.JPEG v_2.JPEG v_3.JPEG", solution, "")));
  }

  @Test
  void readsNamesWithLabelsOrNumbers() throws IOException {
    String byName = "val/v_3.JPEG,n03000000\nv_1,n02000000\nv_2.JPEG,n01000000\n";
    String byNumber = "name,label\nv_3.JPEG,1\nv_1,3\nv_2,2";
    String images = "v_1.JPEG v_2.JPEG v_3.JPEG";

    assertEquals(KEYS_OF_TRUTH, labels(list(images, byName, "")));
    assertEquals(KEYS_OF_TRUTH, labels(list(images, byNumber, file("kit.txt", KIT))));
  }

  /** Images named 0, 1, … also match row numbers, but in other rows. */
  @Test
  void doesNotTakeRowNumbersForNames() throws IOException {
    String images = "0.jpg 1.jpg 2.jpg 3.jpg";
    List<String> truth = List.of("cat/2.jpg=0", "cat/3.jpg=0", "dog/0.jpg=1", "dog/1.jpg=1");
    for (String table :
        List.of(
            ",image,label\n0,2.jpg,cat\n1,0.jpg,dog\n2,3.jpg,cat\n3,1.jpg,dog",
            "0,2.jpg,cat\n1,0.jpg,dog\n2,3.jpg,cat\n3,1.jpg,dog",
            "id,image,label\n3,2.jpg,cat\n1,0.jpg,dog\n2,3.jpg,cat\n0,1.jpg,dog",
            "index,id,label\n0,2,cat\n1,0,dog\n2,3,cat\n3,1,dog",
            "id,label,path\n2,cat,x/2.jpg\n0,dog,x/0.jpg\n3,cat,x/3.jpg\n1,dog,x/1.jpg",
            "image,label\n2,cat\n0,dog\n3,cat\n1,dog")) {
      assertEquals(truth, labels(list(images, table, "")), table);
    }
    assertRefused(
        images,
        ",image,label\n0,2.jpg,a\n1,0.jpg,b\n2,3.jpg,a\n3,l.jpg,b",
        "",
        "holds 1.jpg, which");
    assertRefused(
        images,
        "id,rank,label\n0,2,a\n1,0,b\n2,3,a\n3,1,b",
        "",
        "in column 1 ('id') and in column 2 ('rank'), which disagree (line 2: '0' and '2')");
    List<String> byNumber = List.of("a/2.jpg=0", "a/3.jpg=0", "b/1.jpg=1", "b/4.jpg=1");
    String numbers = "2,1\n1,2\n3,1\n4,2";
    String kit = file("two.txt", "a\nb");
    assertEquals(byNumber, labels(list("1.jpg 2.jpg 3.jpg 4.jpg", "id,label\n" + numbers, kit)));
  }

  @Test
  void findsTheSplitsFolderInAnArchiveOfSeveral() throws IOException {
    String images = "top/val/v_1.JPEG top/val/v_2.JPEG top/train/n1/x top/test/y";

    ImageListing listing = list(images, "v_1,b\nv_2,a", "");

    assertEquals(List.of("a/v_2.JPEG=0", "b/v_1.JPEG=1"), labels(listing));
    assertEquals(2, listing.skipped());
  }

  @Test
  void takesClassesFromATrainManifest() throws IOException {
    Manifest manifest =
        new Manifest(
                1,
                "train",
                0,
                RANKED,
                List.of(0L, 0L, 0L),
                Manifest.ORDINARY_LABELS,
                1,
                new Manifest.Settings("original", 0, 95, "x"),
                new Manifest.Source("x", 0, "sha256:0"),
                List.of(),
                0,
                "")
            .withDigest();
    manifest.write(Storage.local(), temporary.toString());
    String path = temporary.resolve("train-manifest.json").toString();

    ImageListing listing = list("v_1.JPEG", "v_1,n03000000", path);
    assertEquals(RANKED, listing.classes());
    assertEquals(List.of("n03000000/v_1.JPEG=2"), labels(listing));
    // A manifest's classes are in byte order, so a development kit's numbers do not fit.
    assertRefused("v_1.JPEG", "1", path, "LIST_CLASSES_BY_NUMBER");
  }

  @Test
  void refusesLabelsThatDoNotFitTheImages() throws IOException {
    String kit = file("kit.txt", KIT);
    assertRefused("v_1 v_2", "1", kit, "has 1 labels");
    assertRefused("v_1 v_2", "1\n4", kit, "has the class 4 in line 2");
    assertRefused("v_1 v_2", "0\n1", kit, "has the class 0 in line 1");
    assertRefused("v_1 v_2", "1\n1", "", "LIST_CLASSES_BY_NUMBER");
    assertRefused("v_1 v_2", "v_1,a", "", "does not name");
    assertRefused("v_1", "v_1,a\nv_2,b", "", "names 1 images that");
    assertRefused("v_1", "v_1,a\nv_1,b", "", "names v_1 again in line 2");
    assertRefused("v_1", "v_1,n09000000", kit, "has the label 'n09000000' in line 1");
    assertRefused("v_1", "v_1,../x", "", "which is not a class name");
    assertRefused("v_1", "v_1 n01000000", "", "expected name,label");
    assertRefused("v_1", "v_1,n01000000", file("twice.txt", "a\na"), "names a again in line 2");
    assertRefused("a/v_1 b/v_2", "v_1,a\nv_2,b", "", "files in 2 folders");
  }

  private void assertRefused(String images, String labels, String classes, String words) {
    IOException refusal =
        assertThrows(IOException.class, () -> list(images, labels, classes), words);
    String told =
        refusal.getMessage()
            + Advice.about(refusal)
                .map(advice -> " " + advice.remedy() + " " + advice.facts())
                .orElse("");
    assertTrue(told.contains(words), told);
    assertEquals(1, refusal.getMessage().lines().count());
  }

  private ImageListing list(String images, String labels, String classes) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : images.split(" ", -1)) {
      files.put(name, new byte[1]);
    }
    Path tar = SourceArchives.tar(temporary.resolve("images.tar"), files);
    return ImageListing.of(
        Storage.local(),
        ImageSource.of(tar.toString(), "val")
            .withLabels(file("labels.txt", labels))
            .withClasses(classes));
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(temporary.resolve(name), content).toString();
  }

  private static List<String> labels(ImageListing listing) {
    return listing.images().stream().map(image -> image.key() + "=" + image.label()).toList();
  }
}
