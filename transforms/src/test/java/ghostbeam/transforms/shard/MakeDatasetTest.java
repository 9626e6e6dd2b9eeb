package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MakeDatasetTest {
  @TempDir Path temporary;

  @Test
  void writesEveryImageOnceWithItsLabel() throws IOException {
    Map<String, byte[]> images = images(30);
    Path output = temporary.resolve("out");

    make(folder(images), output, 4);

    try (Dataset dataset = Dataset.open(Storage.local(), output.toString(), "train")) {
      Manifest manifest = dataset.manifest();
      assertEquals(List.of("n0", "n1", "n2"), manifest.classes());
      assertEquals(List.of(10L, 10L, 10L), manifest.labelCounts());
      assertEquals(4, manifest.shards().size());
      Map<String, byte[]> left = new HashMap<>(images);
      for (long record = 0; record < manifest.records(); record++) {
        Example example = dataset.read(record);
        assertEquals(example.synset(), manifest.classes().get(example.label()));
        assertArrayEquals(
            left.remove(example.synset() + "/" + example.filename()), example.encoded());
      }
      assertTrue(left.isEmpty());
    }
    assertFalse(Files.exists(output.resolve("train-rejected.jsonl")));
  }

  @Test
  void makesTheSameDatasetFromAFolderAndAZip() throws IOException {
    Map<String, byte[]> images = images(12);

    make(folder(images), temporary.resolve("a"), 3);
    make(zip(images), temporary.resolve("b"), 3);

    Manifest ofFolder = manifest("a");
    Manifest ofZip = manifest("b");
    assertEquals(ofFolder.shards(), ofZip.shards());
    assertEquals(ofFolder.digest(), ofZip.digest());
    assertNotEquals(ofFolder.source().uri(), ofZip.source().uri());
  }

  @Test
  void replacesOnlyEarlierFilesOfTheSplit() throws IOException {
    Path output = temporary.resolve("out");
    Path source = folder(images(12));
    make(source, output, 5);
    Files.writeString(output.resolve("train-00000-of-00009.tfrecord.part"), "cut short");
    String attempt = "0f8fad5b-d9cb-469f-a165-70867728950e";
    Files.writeString(output.resolve("train-00001-of-00002.tfrecord." + attempt + ".part"), "cut");
    Files.writeString(output.resolve("train-rejected.jsonl"), "old");
    Files.writeString(output.resolve("val-00000-of-00001.tfrecord"), "another split");
    Files.writeString(output.resolve("notes.txt"), "mine");

    make(source, output, 2);

    assertEquals(
        List.of(
            "notes.txt",
            "train-00000-of-00002.index",
            "train-00000-of-00002.tfrecord",
            "train-00001-of-00002.index",
            "train-00001-of-00002.tfrecord",
            "train-manifest.json",
            "val-00000-of-00001.tfrecord"),
        files(output));
  }

  @Test
  void listsRejectedImagesInKeyOrderAndCountsThem() throws IOException {
    Map<String, byte[]> images = images(12);
    images.put("n1/broken.JPEG", "no image".getBytes(UTF_8));
    images.put("n0/empty.JPEG", new byte[0]);
    Path output = temporary.resolve("out");

    PipelineResult result = make(zip(images), output, 3, 2);

    Manifest manifest = manifest("out");
    assertEquals(12, manifest.records());
    assertEquals(2, manifest.rejected());
    assertEquals(14, manifest.source().images());
    List<String> lines = Files.readAllLines(output.resolve("train-rejected.jsonl"));
    assertEquals(2, lines.size());
    assertTrue(
        lines.get(0).startsWith("{\"key\":\"n0/empty.JPEG\",\"step\":\"decode\""), lines.get(0));
    assertTrue(lines.get(1).startsWith("{\"key\":\"n1/broken.JPEG\",\"step\":\"decode\""));
    assertEquals(
        Map.of(
            "images_read", 14L,
            "images_decoded", 12L,
            "images_rejected", 2L,
            "files_skipped", 0L),
        counters(result));
  }

  /** Whatever the class's name, and however many rejections are allowed. */
  @Test
  void failsIfAClassHasNoImages() throws IOException {
    Map<String, byte[]> images = images(12);
    images.put("cache/a", "no image".getBytes(UTF_8));
    Path output = temporary.resolve("out");
    Path source = folder(images);

    Exception failure = assertThrows(Exception.class, () -> make(source, output, 3, 5));

    assertTrue(
        failure.getMessage().contains("the class cache of " + source + " has no image"),
        failure.getMessage());
    assertFalse(Files.exists(output.resolve("train-manifest.json")));
  }

  @Test
  void theManifestSaysWhereLabelsComeFrom() throws IOException {
    Map<String, byte[]> numbered = new TreeMap<>();
    images(12).forEach((name, bytes) -> numbered.put(name.replace("n", "1"), bytes));

    make(folder(numbered), temporary.resolve("out"), 3);

    assertEquals("folder names, by number", manifest("out").labels());
  }

  @Test
  void failsWithoutAManifestAboveTheRejectionLimit() throws IOException {
    Map<String, byte[]> images = images(12);
    for (int i = 0; i < 11; i++) {
      images.put(String.format("n1/bad%02d", i), new byte[0]);
    }
    Path output = temporary.resolve("out");
    Path source = folder(images);

    Throwable failure = assertThrows(RuntimeException.class, () -> make(source, output, 3, 10));

    String message = root(failure).getMessage();
    assertTrue(message.startsWith("11 of 23 images were rejected, more than the 10 allowed: "));
    assertTrue(message.contains("n1/bad09 (decode: "), message);
    assertFalse(message.contains("n1/bad10"), message);
    assertFalse(Files.exists(output.resolve("train-manifest.json")));
    assertEquals(11, Files.readAllLines(output.resolve("train-rejected.jsonl")).size());
  }

  @Test
  void failsIfNoImageIsLeft() throws IOException {
    Path source = folder(Map.of("n0/a", new byte[0], "n1/b", new byte[0]));

    Throwable failure =
        assertThrows(RuntimeException.class, () -> make(source, temporary.resolve("out"), 1, 1000));

    assertTrue(
        root(failure).getMessage().startsWith("2 of 2 images were rejected, no image is left"));
  }

  @Test
  void keepsTheOldDatasetIfTheNewSourceIsUnusable() throws IOException {
    Path output = temporary.resolve("out");
    make(folder(images(6)), output, 2);
    Manifest before = manifest("out");

    Path missing = temporary.resolve("missing");
    assertThrows(RuntimeException.class, () -> make(missing, output, 2));
    Path few = zip(images(6));
    Throwable failure = assertThrows(RuntimeException.class, () -> make(few, output, 7));

    assertTrue(root(failure).getMessage().contains("has 6 images, too few for 7 shards"));
    assertEquals(before, manifest("out"));
  }

  private static void make(Path source, Path output, int shards) {
    make(source, output, shards, 0);
  }

  private static PipelineResult make(Path source, Path output, int shards, long maxRejected) {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> manifest =
        pipeline.apply(
            WriteShards.of(ImageSource.of(source.toString(), "train"), output.toString())
                .withShards(shards)
                .withMaxRejected(maxRejected));
    PAssert.thatSingleton(manifest).isEqualTo(output.resolve("train-manifest.json").toString());
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    return result;
  }

  private static Map<String, Long> counters(PipelineResult result) {
    MetricQueryResults metrics =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(WriteShards.class))
                    .build());
    Map<String, Long> counters = new HashMap<>();
    metrics.getCounters().forEach(c -> counters.put(c.getName().getName(), c.getCommitted()));
    assertTrue(counters.remove("bytes_read") > 0);
    assertTrue(counters.remove("source_bytes") > 0);
    return counters;
  }

  private static Map<String, byte[]> images(int count) {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      images.put(String.format("n%d/%03d.JPEG", i % 3, i), Pictures.jpeg(20 + i, 30, i));
    }
    return images;
  }

  private Path folder(Map<String, byte[]> images) throws IOException {
    Path folder = temporary.resolve("source");
    for (Map.Entry<String, byte[]> image : images.entrySet()) {
      Path file = folder.resolve(image.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, image.getValue());
    }
    return folder;
  }

  private Path zip(Map<String, byte[]> images) throws IOException {
    Path path = temporary.resolve("source.zip");
    try (OutputStream file = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Map.Entry<String, byte[]> image : images.entrySet()) {
        zip.putNextEntry(new ZipEntry(image.getKey()));
        zip.write(image.getValue());
        zip.closeEntry();
      }
    }
    return path;
  }

  private Manifest manifest(String folder) throws IOException {
    return Manifest.read(Storage.local(), temporary.resolve(folder).toString(), "train");
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  private static Throwable root(Throwable failure) {
    return failure.getCause() == null ? failure : root(failure.getCause());
  }
}
