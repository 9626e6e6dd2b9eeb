package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ImageNet as published by Kaggle and Hugging Face. */
class KaggleLayoutTest extends LayoutCase {
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
  void readsKagglesZipUnmodified(String packed) throws IOException {
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
    assertRefused(ImageSource.of(source.toString(), "test"), "test/", "LABELS_FILE");
  }

  @Test
  void takesTheClassFromTheEndOfFileNames() throws IOException {
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
}
