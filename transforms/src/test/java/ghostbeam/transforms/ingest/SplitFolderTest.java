package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Telling split folders from class folders. */
class SplitFolderTest extends LayoutCase {
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
  void acceptsSynonymsOfASplit(String folder, String split) throws IOException {
    ImageListing listing =
        list(split, "d/" + folder + "/a/1.jpg", "d/" + folder + "/b/2.jpg", "d/other/a/3.jpg");

    assertEquals(List.of("a/1.jpg", "b/2.jpg"), keys(listing));
  }

  @Test
  void prefersTheExactSplitName() throws IOException {
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

  /** {@code train} may be a class of vehicles. */
  @Test
  void treatsAFolderAmongClassesAsAClass() throws IOException {
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
  void asksForALabelsFileForAFlatSplit() throws IOException {
    assertRefused(
        "val", List.of("train/a/1.jpg", "train/b/2.jpg", "val/3.jpg"), "val/", "LABELS_FILE");
    assertRefused("train", List.of("train/1.jpg", "val/2.jpg"), "train/", "LABELS_FILE");
    assertRefused("val", List.of("val/images/1.jpg", "train/a/images/2.jpg"), "LABELS_FILE");
  }
}
