package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same images in any layout give the same records, labels and order. */
class SameImagesTest {
  private static final List<String> SYNSETS = List.of("n01440764", "n01443537", "n01484850");

  @TempDir Path temporary;

  @Test
  void writesTheSameShardsFromEveryLayout() throws IOException {
    Map<String, byte[]> images = images();
    Path folders = SourceArchives.folder(temporary.resolve("folders"), images);
    List<Manifest.Shard> expected = shards(ImageSource.of(folders.toString(), "val"));

    Path wrapped = zip("wrapped", images, name -> "a/b/validation/" + name);
    assertEquals(expected, shards(ImageSource.of(wrapped.toString(), "val")));

    Path inside = zip("inside", images, name -> "images/" + name.replace("/", "/images/"));
    assertEquals(expected, shards(ImageSource.of(inside + "!/images", "val")));

    Path flat = zip("train_images_0", images, name -> name.substring(name.indexOf('/') + 1));
    assertEquals(expected, shards(ImageSource.of(flat.toString(), "val")));

    Map<String, byte[]> kaggle = new TreeMap<>();
    StringBuilder solution = new StringBuilder("ImageId,PredictionString\n");
    images.forEach(
        (name, bytes) -> {
          String file = name.substring(name.indexOf('/') + 1);
          kaggle.put("ILSVRC/Data/CLS-LOC/val/" + file, bytes);
          String synset = name.substring(0, name.indexOf('/'));
          solution
              .append(file.replace(".JPEG", "," + synset + " 1 2 3 4 "))
              .append(System.lineSeparator());
        });
    kaggle.put("ILSVRC/Data/CLS-LOC/train/n01440764/x.JPEG", new byte[1]);
    kaggle.put("ILSVRC/Annotations/CLS-LOC/val/x.xml", new byte[1]);
    kaggle.put("LOC_val_solution.csv", solution.toString().getBytes(UTF_8));
    Path zip = SourceArchives.zip(temporary.resolve("kaggle.zip"), kaggle);
    assertEquals(expected, shards(ImageSource.of(zip.toString(), "val")));

    Path numbered =
        zip("numbered", images, name -> SYNSETS.indexOf(name.substring(0, 9)) + name.substring(9));
    String list = SourceArchives.folder(temporary, synsets()).resolve("synsets.txt").toString();
    assertEquals(expected, shards(ImageSource.of(numbered.toString(), "val").withClasses(list)));
  }

  /** Their order, too, which need not be an order of the names. */
  @Test
  void usesTheClassesOfAnotherSplit() throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < 6; i++) {
      images.put("train/" + i % 3 + "/" + i + ".JPEG", Pictures.jpeg(20 + i, 30, i));
      images.put("val/" + 2 * (i % 2) + "/" + i + ".JPEG", Pictures.jpeg(20 + i, 30, i));
    }
    String input = zip("both", images, UnaryOperator.identity()).toString();
    String list =
        SourceArchives.folder(temporary, Map.of("list", "z\nx\ny\n".getBytes(UTF_8))) + "/list";
    String output = temporary.resolve("both").toString();

    write(ImageSource.of(input, "train").withClasses(list), output);
    write(ImageSource.of(input, "val").withClasses(output + "/train-manifest.json"), output);

    Manifest train = Manifest.read(Storage.local(), output, "train");
    Manifest val = Manifest.read(Storage.local(), output, "val");
    assertEquals(List.of("z", "x", "y"), train.classes());
    assertEquals(train.classes(), val.classes());
    assertEquals(List.of(3L, 0L, 3L), val.labelCounts());
    assertEquals("folder numbers, named by a list of classes, in the list's order", val.labels());
  }

  private static void write(ImageSource source, String output) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(WriteShards.of(source, output).withShards(2));
    pipeline.run().waitUntilFinish();
  }

  private static Map<String, byte[]> synsets() {
    return Map.of("synsets.txt", String.join(" a fish\n", SYNSETS).getBytes(UTF_8));
  }

  private static Map<String, byte[]> images() {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < 12; i++) {
      String synset = SYNSETS.get(i % 3);
      images.put(
          String.format("%s/%s_%d_%s.JPEG", synset, synset, i, synset),
          Pictures.jpeg(20 + i, 30, i));
    }
    return images;
  }

  private Path zip(String name, Map<String, byte[]> images, UnaryOperator<String> place)
      throws IOException {
    Map<String, byte[]> placed = new TreeMap<>();
    images.forEach((key, bytes) -> placed.put(place.apply(key), bytes));
    return SourceArchives.zip(temporary.resolve(name + ".zip"), placed);
  }

  private List<Manifest.Shard> shards(ImageSource source) throws IOException {
    Path output = temporary.resolve("out" + Path.of(source.uri()).getFileName());
    write(source, output.toString());
    Manifest manifest = Manifest.read(Storage.local(), output.toString(), "val");
    assertEquals(SYNSETS, manifest.classes());
    return manifest.shards();
  }
}
