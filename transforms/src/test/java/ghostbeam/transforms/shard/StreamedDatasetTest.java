package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceArchives;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.stream.StreamedFiles;
import ghostbeam.transforms.stream.StreamedSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.junit.jupiter.api.Test;

/** Datasets from streamed sources. */
class StreamedDatasetTest extends StreamedPicturesCase {
  private static StreamedSource source(Path path, String classes) throws IOException {
    return source(path, classes, null);
  }

  private static StreamedSource source(Path path, String classes, Integer offset)
      throws IOException {
    ImageSource images = ImageSource.of(path.toString(), "train").withClasses(classes);
    StreamedSource found =
        StreamedSource.find(
                BeamStorage.INSTANCE, images.withLabelOffset(offset), SourceFormats.AUTO)
            .orElseThrow();
    found.requireLabels(BeamStorage.INSTANCE);
    return found;
  }

  private PipelineResult make(StreamedSource source, String output) {
    return make(source, output, 0);
  }

  private PipelineResult make(StreamedSource source, String output, long maxRejected) {
    return make(source, output, maxRejected, 4);
  }

  private PipelineResult make(StreamedSource source, String output, long maxRejected, int shards) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(
        WriteShards.of(source.images(), temporary.resolve(output).toString())
            .withStream(source)
            .withShards(shards)
            .withMaxRejected(maxRejected));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    return result;
  }

  private Manifest manifest(String output) throws IOException {
    return new DatasetFolder(BeamStorage.INSTANCE, temporary.resolve(output).toString(), "train")
        .manifest();
  }

  /** The image numbers in record order; checks every record. */
  private List<Integer> order(String output) throws IOException {
    List<Integer> order = new ArrayList<>();
    try (Dataset dataset =
        Dataset.open(Storage.local(), temporary.resolve(output).toString(), "train")) {
      for (long record = 0; record < dataset.manifest().records(); record++) {
        Example example = dataset.read(record);
        int image = Integer.parseInt(example.filename().substring(0, 3));
        assertArrayEquals(PICTURES.get(image), example.encoded());
        assertEquals(image % CLASSES, example.label());
        assertEquals(dataset.manifest().classes().get(example.label()), example.synset());
        order.add(image);
      }
    }
    return order;
  }

  @Test
  void everyFormatGivesEachImageOnceWithItsLabelInRandomOrder() throws IOException {
    make(source(webDataset("web"), "3"), "of-web");
    make(source(inception(1), ""), "of-inception");
    make(source(parquet(), ""), "of-parquet");
    StreamedSource ours = source(temporary.resolve("of-inception"), "");
    assertEquals(IMAGES, ours.records(BeamStorage.INSTANCE).getAsLong());
    make(ours, "resharded");

    for (String output : List.of("of-web", "of-inception", "of-parquet", "resharded")) {
      List<Integer> order = order(output);
      assertEquals(IMAGES, order.stream().distinct().count(), output);
      assertEquals(IMAGES, order.size(), output);
      assertNotEquals(order.stream().sorted().toList(), order, output);
      assertEquals(List.of(8L, 8L, 8L), manifest(output).labelCounts());
    }
    assertEquals(List.of("0", "1", "2"), manifest("of-web").classes());
    assertEquals(List.of("n0", "n1", "n2"), manifest("of-inception").classes());
    assertEquals(List.of("n0", "n1", "n2"), manifest("resharded").classes());
    assertEquals(List.of("n00000000", "n00000001", "n00000002"), manifest("of-parquet").classes());
  }

  @Test
  void writesEmptyShards() throws IOException {
    make(source(webDataset("web"), "3"), "out", 0, IMAGES);

    List<Manifest.Shard> shards = manifest("out").shards();
    assertEquals(IMAGES, shards.size());
    assertTrue(shards.stream().anyMatch(shard -> shard.records() == 0), shards.toString());
    assertEquals(IMAGES, order("out").stream().distinct().count());
    for (Manifest.Shard shard : shards) {
      assertTrue(Files.exists(temporary.resolve("out").resolve(shard.file())), shard.file());
    }
  }

  @Test
  void outputDoesNotDependOnTheSourcesLocationOrName() throws IOException {
    Path folder = webDataset("here");
    Path elsewhere = webDataset("some/where/else");

    make(source(folder, "3"), "a");
    make(source(elsewhere.resolve("in-train-*.tar"), "3"), "b");

    assertEquals(manifest("a").shards(), manifest("b").shards());
    assertEquals(manifest("a").digest(), manifest("b").digest());
  }

  /** A caption, a mask and a hidden file beside the images. */
  @Test
  void countsFilesThatBelongToNoRecord() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < IMAGES; i++) {
      files.put("k%02d.jpg".formatted(i), PICTURES.get(i));
      files.put("k%02d.cls".formatted(i), Integer.toString(i % CLASSES).getBytes(UTF_8));
      files.put("k%02d.txt".formatted(i), "a caption".getBytes(UTF_8));
    }
    files.put("k00.mask.png", PICTURES.get(0));
    files.put(".hidden", new byte[1]);
    Path tar = SourceArchives.tar(temporary.resolve("w.tar"), files);

    PipelineResult result = make(source(tar, "3"), "out", 2);

    assertEquals(IMAGES, manifest("out").records());
    String kind = "files beside images and labels, such as .hidden";
    assertEquals(IMAGES + 2, count(result, WriteShards.LEFT_OUT, kind));
  }

  @Test
  void countsImagesWithoutAClassAndListsRecordsThatCannotBeRead() throws IOException {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      records.add(
          StreamedFiles.tensorFlowDatasets(
              PICTURES.get(i), i < 4 ? -1 : i % CLASSES, name(i) + ".jpg"));
    }
    records.add("no example".getBytes(UTF_8));
    Path file = StreamedFiles.tfRecords(temporary.resolve("tfds"), records);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 40 - records.get(IMAGES - 1).length / 2] ^= 1;
    Files.write(file, bytes);

    PipelineResult result = make(source(file, "3"), "out", 2);

    assertEquals(IMAGES - 5, order("out").size());
    assertEquals(IMAGES - 3, manifest("out").source().images());
    assertEquals(4, count(result, WriteShards.LEFT_OUT, "images without a class"));
    List<String> rejected = Files.readAllLines(temporary.resolve("out/train-rejected.jsonl"));
    assertEquals(2, rejected.size());
    assertTrue(rejected.get(0).contains("tfds#23\",\"step\":\"read\""), rejected.get(0));
    assertTrue(rejected.get(0).contains("CRC32C of its bytes"), rejected.get(0));
    assertTrue(rejected.get(1).contains("tfds#24"), rejected.get(1));
  }

  @Test
  void reportsATestSetWithoutLabels() throws IOException {
    List<byte[]> records =
        List.of(StreamedFiles.tensorFlowDatasets(PICTURES.get(0), -1, name(0) + ".jpg"));
    Path file = StreamedFiles.tfRecords(temporary.resolve("tfds"), records);

    // Other threads of a job that has failed may still write when JUnit deletes its folder.
    String output = Path.of("target", "unlabelled").toAbsolutePath().toString();
    Throwable failure = assertThrows(Exception.class, () -> make(source(file, "3"), output));
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }

    String message = failure.getMessage();
    assertTrue(message.contains("has 1 records, all without a class"), message);
  }

  /** Whatever the tar's name: a streamed image's key does not contain its class. */
  @Test
  void failsOnlyIfAllImagesOfAClassAreRejected() throws IOException {
    Path folder = webDataset("web");
    Map<String, byte[]> broken = Map.of("bad", "no image".getBytes(UTF_8));
    Path last = folder.resolve("in-train-2.tar");
    StreamedFiles.webDataset(last, broken, Map.of("bad", 3));
    String classes = temporary.resolve("four.txt").toString();
    Files.writeString(Path.of(classes), "a\nb\nc\nlost\n");
    StreamedSource source = source(folder, classes);

    Exception failure = assertThrows(RuntimeException.class, () -> make(source, "out", 5));

    assertTrue(failure.getMessage().contains("the class lost of "), failure.getMessage());
    assertFalse(Files.exists(temporary.resolve("out/train-manifest.json")));

    Path named = temporary.resolve("four2.txt");
    Files.writeString(named, "a\nb\nc\nin-train-2.tar\n");
    StreamedFiles.webDataset(last, broken, Map.of("bad", 1));
    make(source(folder, named.toString()), "fine", 5);
    assertEquals(IMAGES, order("fine").size());
  }

  @Test
  void resumesAFailedRunWithTheSameResult() throws IOException {
    Path folder = webDataset("web");
    Map<String, byte[]> broken = Map.of("bad", "no image".getBytes(UTF_8));
    StreamedFiles.webDataset(folder.resolve("in-train-2.tar"), broken, Map.of("bad", 1));
    StreamedSource source = source(folder, "3");
    make(source, "whole", 1);
    assertThrows(RuntimeException.class, () -> make(source, "out", 0));
    assertFalse(Files.exists(temporary.resolve("out/train-manifest.json")));
    Files.delete(temporary.resolve("out/train-00002-of-00004.tfrecord"));

    PipelineResult result = make(source, "out", 1);

    assertEquals(3, count(result, WriteShards.class.getName(), WriteShards.KEPT));
    assertEquals(manifest("whole").digest(), manifest("out").digest());
    assertEquals(manifest("whole").shards(), manifest("out").shards());
  }

  @Test
  void aLabelWithoutAClassFailsTheJobNamingTheRecord() throws IOException {
    assertRefused("train-00000-of-00001#0 has the label 0", inception(0), "", null);
    assertRefused("000.jpg has no name", webDataset("a"), "", null);
    assertRefused("has the label 2, counted from 0; 2 has 2 classes", webDataset("b"), "2", null);
    make(source(inception(0), "", 0), "from-zero");
    assertEquals(IMAGES, order("from-zero").size());
  }

  @Test
  void aLaterLabelWithoutAClassFailsTheJobToo() throws IOException {
    Path folder = webDataset("web");
    StreamedFiles.webDataset(
        folder.resolve("in-train-2.tar"), Map.of("x", PICTURES.get(0)), Map.of("x", 7));
    StreamedSource source = source(folder, "3");

    Exception failure = assertThrows(RuntimeException.class, () -> make(source, "out"));

    assertTrue(
        failure.getMessage().contains("in-train-2.tar/x.jpg has the label 7"),
        failure.getMessage());
    assertFalse(Files.exists(temporary.resolve("out/train-manifest.json")));
  }

  private static void assertRefused(String words, Path path, String classes, Integer offset) {
    IOException refusal = assertThrows(IOException.class, () -> source(path, classes, offset));
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }

  private static long count(PipelineResult result, String namespace, String name) {
    MetricsFilter filter =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.named(namespace, name)).build();
    long count = 0;
    for (MetricResult<Long> counter : result.metrics().queryMetrics(filter).getCounters()) {
      count += counter.getAttempted();
    }
    return count;
  }
}
