package ghostbeam.transforms.shard;

import ghostbeam.transforms.stream.StreamedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The same pictures in each streamed format. */
abstract class StreamedPicturesCase {
  static final int IMAGES = 24;
  static final int CLASSES = 3;

  static final List<byte[]> PICTURES = new ArrayList<>();

  @TempDir Path temporary;

  @BeforeAll
  static void makePictures() {
    for (int i = 0; i < IMAGES; i++) {
      PICTURES.add(Pictures.jpeg(20 + i, 30, i));
    }
  }

  static String name(int image) {
    return String.format("%03d", image);
  }

  /** Two tars with half of the images each. */
  Path webDataset(String folder) throws IOException {
    Path out = Files.createDirectories(temporary.resolve(folder));
    for (int half = 0; half < 2; half++) {
      Map<String, byte[]> images = new TreeMap<>();
      Map<String, Integer> labels = new TreeMap<>();
      for (int i = half; i < IMAGES; i += 2) {
        images.put(name(i), PICTURES.get(i));
        labels.put(name(i), i % CLASSES);
      }
      StreamedFiles.webDataset(out.resolve("in-train-" + half + ".tar"), images, labels);
    }
    return out;
  }

  Path parquet() throws IOException {
    List<Integer> labels = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      labels.add(i % CLASSES);
      paths.add(name(i) + "_n0000000" + i % CLASSES + ".JPEG");
    }
    Path folder = Files.createDirectories(temporary.resolve("parquet/data"));
    StreamedFiles.parquet(
        folder.resolve("train-00000-of-00001-abc.parquet"), PICTURES, labels, paths);
    return folder;
  }

  Path inception(int firstLabel) throws IOException {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      int label = i % CLASSES;
      records.add(
          StreamedFiles.inception(
              PICTURES.get(i), label + firstLabel, "n" + label, name(i) + ".jpg"));
    }
    Path folder = Files.createDirectories(temporary.resolve("inception" + firstLabel));
    StreamedFiles.tfRecords(folder.resolve("train-00000-of-00001"), records);
    return folder;
  }
}
