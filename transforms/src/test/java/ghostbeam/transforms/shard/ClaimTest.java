package ghostbeam.transforms.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.Preparation.Encoding;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job whose client has died goes on for a while beside the run that replaces it. */
@Timeout(600)
class ClaimTest {
  private static final Preparation FINE = new Preparation(Encoding.RESIZED, 24, 95);
  private static final Preparation COARSE = new Preparation(Encoding.RESIZED, 24, 40);
  private static final String REPLACED = "train-00001-of-00002.tfrecord";
  private static final String LOST = "another run has taken over split train of ";

  @TempDir Path temporary;
  private Path source;
  private Path output;
  private DatasetFolder folder;

  @BeforeEach
  void makeSource() throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      images.put(String.format("n%d/%03d.JPEG", i % 2, i), Pictures.jpeg(40, 30, i));
    }
    source = SourceArchives.zip(temporary.resolve("source.zip"), images);
    output = temporary.resolve("out");
    folder = new DatasetFolder(Storage.local(), output.toString(), "train");
  }

  /** The orphaned job is halfway through a shard while the next run writes that shard. */
  @Test
  void bytesOfTwoRunsNeverMix() throws Exception {
    Claim held =
        new Claim(
            new DatasetFolder(new PausingDisk(), folder.folder(), folder.split()), claim().run());
    CompletableFuture<Void> orphan =
        CompletableFuture.runAsync(() -> make(held, FINE, new AwaitFn(true), new PassFn<>()));
    AwaitFn.ORPHAN.await();

    try (Claim next = Claim.take(folder)) {
      make(next, COARSE, new AwaitFn(false), new PassFn<>());
    }
    Map<String, String> made = files(output);
    PausingDisk.GOING.countDown();

    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> orphan.get(300, TimeUnit.SECONDS));
    assertTrue(failure.toString().contains(LOST + output), failure.toString());
    make(alone(), COARSE);
    assertEquals(files(temporary.resolve("alone")), made);
    assertEquals(
        made, files(output), "what an orphan wrote lies about, or replaced what was there");
  }

  /** As if Flink restarted the job after losing a TaskManager. */
  @Test
  void aRestartedOrphanDeletesNothing() throws Exception {
    Claim lost = claim();
    try (Claim next = Claim.take(folder)) {
      make(next, COARSE);
      Map<String, String> made = files(output);

      RuntimeException failure = assertThrows(RuntimeException.class, () -> make(lost, FINE));

      assertTrue(failure.toString().contains(LOST + output), failure.toString());
      assertEquals(made, files(output));
    }
    assertFalse(Files.exists(output.resolve("train.run")));
  }

  @Test
  void refusesAManifestForAFileThatAnotherRunReplaced() throws Exception {
    RuntimeException failure = assertThrows(RuntimeException.class, () -> spoil(true));

    assertTrue(failure.toString().contains(" is not what this run wrote"), failure.toString());
    assertFalse(Files.exists(output.resolve("train-manifest.json")));
    make(Claim.none(folder), FINE);
    make(alone(), FINE);
    assertEquals(files(temporary.resolve("alone")), files(output));
  }

  @Test
  void acceptsTheSameBytesWithANewTimestamp() throws Exception {
    spoil(false);

    assertTrue(Files.exists(output.resolve("train-manifest.json")));
  }

  /** Rereading all of ImageNet would take minutes. */
  @Test
  void doesNotRereadFilesWithTheSameVersion() throws Exception {
    make(Claim.none(folder), FINE);
    Manifest.Shard file = folder.manifest().shards().get(0);
    ShardSummary summary =
        new ShardSummary(
            0,
            file.file(),
            file.records(),
            file.bytes(),
            "wrong",
            Map.of(),
            List.of(),
            Map.of(),
            "",
            0,
            Map.of());
    WrittenShard shard = WrittenShard.find(folder, new Receipt("", summary, "wrong"));

    shard.requireUntouched(folder, folder.versions());

    Files.setLastModifiedTime(output.resolve(file.file()), FileTime.fromMillis(0));
    assertThrows(
        IllegalStateException.class, () -> shard.requireUntouched(folder, folder.versions()));
  }

  /** The claim of a run that another then replaces. */
  private Claim claim() throws IOException {
    return Claim.take(folder);
  }

  private void spoil(boolean otherBytes) {
    make(
        Claim.none(folder),
        FINE,
        new PassFn<>(),
        new SpoilFn(output.resolve(REPLACED).toString(), otherBytes));
  }

  private Claim alone() {
    return Claim.none(
        new DatasetFolder(Storage.local(), temporary.resolve("alone").toString(), "train"));
  }

  private void make(Claim to, Preparation preparation) {
    make(to, preparation, new PassFn<>(), new PassFn<>());
  }

  private void make(
      Claim to,
      Preparation preparation,
      DoFn<KV<Integer, RangedShards.PlanOutput>, KV<Integer, RangedShards.PlanOutput>> planned,
      DoFn<WriteOutput, WriteOutput> written) {
    WriteShards job =
        WriteShards.of(ImageSource.of(source.toString(), "train"), to.folder())
            .withClaim(to)
            .withShards(2)
            .withPreparation(preparation);
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<Integer, RangedShards.PlanOutput>> plans = job.ranged().plan(pipeline.begin());
    PCollection<KV<Integer, RangedShards.PlanOutput>> held =
        plans.apply("Planned", ParDo.of(planned)).setCoder(plans.getCoder());
    job.finish(
        job.ranged()
            .write(held)
            .apply("Written", ParDo.of(written))
            .setCoder(SerializableCoder.of(WriteOutput.class)));
    pipeline.run().waitUntilFinish();
  }

  private static final class PassFn<T> extends DoFn<T, T> {
    @ProcessElement
    public void pass(@Element T element, OutputReceiver<T> out) {
      out.output(element);
    }
  }

  /** Signals that the shards are planned, and waits for the other run before passing them on. */
  private static final class AwaitFn
      extends DoFn<KV<Integer, RangedShards.PlanOutput>, KV<Integer, RangedShards.PlanOutput>> {
    static final CountDownLatch ORPHAN = new CountDownLatch(1);
    static final CountDownLatch NEXT = new CountDownLatch(1);
    private final boolean orphan;

    AwaitFn(boolean orphan) {
      this.orphan = orphan;
    }

    @ProcessElement
    public void await(
        @Element KV<Integer, RangedShards.PlanOutput> plan,
        OutputReceiver<KV<Integer, RangedShards.PlanOutput>> out)
        throws InterruptedException {
      if (orphan) {
        ORPHAN.countDown();
        NEXT.await();
      } else {
        NEXT.countDown();
        PausingDisk.WRITING.await();
      }
      out.output(plan);
    }
  }

  /** Replaces a shard's file once it is written. */
  private static final class SpoilFn extends DoFn<WriteOutput, WriteOutput> {
    private final String path;
    private final boolean otherBytes;

    SpoilFn(String path, boolean otherBytes) {
      this.path = path;
      this.otherBytes = otherBytes;
    }

    @ProcessElement
    public void spoil(@Element WriteOutput written, OutputReceiver<WriteOutput> out)
        throws IOException {
      if (written instanceof WrittenShard shard && path.endsWith(shard.summary().file())) {
        Path file = Path.of(path);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= (byte) (otherBytes ? 1 : 0);
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(9)));
      }
      out.output(written);
    }
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
