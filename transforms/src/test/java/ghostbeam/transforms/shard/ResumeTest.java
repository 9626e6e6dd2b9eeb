package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.Preparation.Encoding;
import ghostbeam.transforms.source.SourceArchives;
import ghostbeam.transforms.storage.LocalDisk;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that fails at its end leaves finished shards, like one that is killed. */
class ResumeTest {
  private static final Preparation ORIGINAL = new Preparation(Encoding.ORIGINAL, 256, 95);
  private static final int SHARDS = 4;
  private static final String ATTEMPT = "0f8fad5b-d9cb-469f-a165-70867728950e";

  @TempDir Path temporary;

  private Path source;
  private Path output;
  private Map<String, String> uninterrupted;

  @BeforeEach
  void makeHalf() throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      images.put(String.format("n%d/%03d.JPEG", i % 2, i), Pictures.jpeg(20 + i, 30, i));
    }
    images.put("n0/bad.JPEG", "no image".getBytes(UTF_8));
    source = SourceArchives.zip(temporary.resolve("source.zip"), images);
    make(temporary.resolve("whole"), ORIGINAL, 1);
    uninterrupted = files(temporary.resolve("whole"));
    output = temporary.resolve("out");
    assertThrows(RuntimeException.class, () -> make(output, ORIGINAL, 0));
    assertFalse(Files.exists(output.resolve("train-manifest.json")));
  }

  @Test
  void keepsFinishedShardsAndEndsAsIfUninterrupted() throws IOException {
    assertEquals(SHARDS, kept(make(output, ORIGINAL, 1)));

    assertEquals(uninterrupted, files(output));
  }

  @Test
  void rewritesMissingAndDamagedShards() throws IOException {
    flip(output.resolve("train-00000-of-00004.tfrecord"));
    Files.delete(output.resolve("train-00001-of-00004.tfrecord"));
    flip(output.resolve("train-00002-of-00004.index"));
    Files.writeString(output.resolve("train-00003-of-00004.tfrecord.part"), "cut");
    Files.writeString(output.resolve("train-00003-of-00004.tfrecord." + ATTEMPT + ".part"), "cut");

    assertEquals(1, kept(make(output, ORIGINAL, 1)));

    assertEquals(uninterrupted, files(output));
  }

  /** Otherwise it could be taken for the receipt of the new bytes. */
  @Test
  void deletesARefusedReceiptBeforeRewritingTheShard() throws IOException {
    flip(output.resolve("train-00000-of-00004.tfrecord"));
    Path inTheWay = output.resolve("train-00000-of-00004.index.part");
    Files.writeString(Files.createDirectory(inTheWay).resolve("file"), "");

    assertThrows(RuntimeException.class, () -> make(output, ORIGINAL, 1));

    assertFalse(Files.exists(output.resolve("train-00000-of-00004.receipt")));
  }

  @Test
  void rewritesShardsWithoutAValidReceipt() throws IOException {
    Files.delete(output.resolve("train-00000-of-00004.receipt"));
    Files.writeString(output.resolve("train-00001-of-00004.receipt"), "{\"work\":");
    Files.copy(
        output.resolve("train-00002-of-00004.receipt"),
        output.resolve("train-00003-of-00004.receipt"),
        StandardCopyOption.REPLACE_EXISTING);

    assertEquals(1, kept(make(output, ORIGINAL, 1)));

    assertEquals(uninterrupted, files(output));
  }

  @Test
  void keepsNothingAfterSettingsChange() throws IOException {
    Preparation other = new Preparation(Encoding.RESIZED, 16, 95);
    assertEquals(0, kept(make(output, other, 1)));
    make(temporary.resolve("other"), other, 1);

    assertEquals(files(temporary.resolve("other")), files(output));
  }

  @Test
  void keepsNothingAfterTheSourceChanges() throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < 21; i++) {
      images.put(String.format("n%d/%03d.JPEG", i % 2, i), Pictures.jpeg(20, 30, 100 + i));
    }
    SourceArchives.zip(source, images);
    assertEquals(0, kept(make(output, ORIGINAL, 0)));
    make(temporary.resolve("other"), ORIGINAL, 0);

    assertEquals(files(temporary.resolve("other")), files(output));
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "tar"})
  void detectsAChangedImageOfTheSameLength(String kind) throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      images.put(String.format("n%d/%03d.JPEG", i % 2, i), Pictures.jpeg(20, 30, i));
    }
    images.put("n0/bad.JPEG", "no image".getBytes(UTF_8));
    write(kind, images);
    Path again = temporary.resolve("again");
    assertThrows(RuntimeException.class, () -> make(again, ORIGINAL, 0));
    byte[] changed = images.get("n1/001.JPEG").clone();
    changed[quantization(changed)] ^= 1;
    images.put("n1/001.JPEG", changed);
    write(kind, Map.of("n1/001.JPEG", changed), images);

    assertEquals(kind.equals("folder") ? SHARDS - 1 : 0, kept(make(again, ORIGINAL, 1)));
    make(temporary.resolve("other"), ORIGINAL, 1);

    assertEquals(files(temporary.resolve("other")), files(again));
  }

  /** The manifest completes a dataset, so everything else must be written before it. */
  @Test
  void writesClassTitlesBeforeTheManifest() throws IOException {
    Path list = Files.writeString(temporary.resolve("list.txt"), "n0 hen\nn1\nn2 fox\n");
    Path titles = output.resolve("train-classes.txt");
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(
        WriteShards.of(
                ImageSource.of(source.toString(), "train").withClasses(list.toString()),
                new DatasetFolder(new NoManifests(), output.toString(), "train"))
            .withShards(SHARDS)
            .withMaxRejected(1)
            .withTitles(ClassList.read(Storage.local(), list.toString())));
    assertThrows(RuntimeException.class, () -> pipeline.run().waitUntilFinish());
    assertFalse(Files.exists(output.resolve("train-manifest.json")));
    assertEquals("n0 hen\nn2 fox\n", Files.readString(titles));

    make(output, ORIGINAL, 1);
    assertFalse(Files.exists(titles), "of a run without a list");
  }

  /** The local disk, failing when a manifest is to be written. */
  private static final class NoManifests extends LocalDisk {
    private static final long serialVersionUID = 1L;

    @Override
    public WritableByteChannel create(String path) throws IOException {
      if (path.contains("-manifest.json")) {
        throw new IOException("killed");
      }
      return super.create(path);
    }
  }

  private void write(String kind, Map<String, byte[]> images) throws IOException {
    write(kind, images, images);
  }

  /** Writes a folder's changed files, or a tar of all, with a new modification time. */
  private void write(String kind, Map<String, byte[]> changed, Map<String, byte[]> all)
      throws IOException {
    source = temporary.resolve("changing." + kind);
    if (kind.equals("folder")) {
      SourceArchives.folder(source, changed);
    } else {
      SourceArchives.tar(source, all);
    }
    for (String name : changed.keySet()) {
      Path file = kind.equals("folder") ? source.resolve(name) : source;
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(changed.size())));
    }
  }

  /** The offset of the first number of a JPEG's first quantization table. */
  private static int quantization(byte[] jpeg) {
    int at = 0;
    while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xDB) {
      at++;
    }
    return at + 10;
  }

  private PipelineResult make(Path to, Preparation preparation, long maxRejected) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(
        WriteShards.of(ImageSource.of(source.toString(), "train"), to.toString())
            .withShards(SHARDS)
            .withMaxRejected(maxRejected)
            .withPreparation(preparation));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    return result;
  }

  private static long kept(PipelineResult result) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named(WriteShards.class, "shards_kept"))
            .build();
    long kept = 0;
    for (MetricResult<Long> counter : result.metrics().queryMetrics(filter).getCounters()) {
      kept += counter.getCommitted();
    }
    return kept;
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    assertTrue(bytes.length > 10);
    bytes[10] ^= 1;
    Files.write(file, bytes);
  }

  /** Names and checksums. */
  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), Receipt.crc32c(Files.readAllBytes(path)));
      }
    }
    return files;
  }
}
