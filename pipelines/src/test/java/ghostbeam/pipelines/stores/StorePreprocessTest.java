package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.StreamedSources;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Datasets made from and in stores equal those made from and on disk. */
@Timeout(300)
class StorePreprocessTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final List<String> SOURCES =
      List.of("folder", "images.zip", "images.tar", "tars.tar");
  private static final int IMAGES = 60;
  private static final long PATIENCE_S = 120;

  /** How much may be read, relative to the images' bytes, including listing. */
  private static final double MOST_READ = 1.10;

  /** The same for files that are read sequentially, plus an amount for each file. */
  private static final double MOST_OF_FILES = 1.05;

  private static final long MORE_A_FILE = 1 << 20;
  private static final int LARGE_SIDE = 280;

  @TempDir static Path folder;

  private static final Map<String, byte[]> IMAGE_FILES = ImageFiles.make(IMAGES);
  private static GcsServer gcs;
  private static S3Server s3;
  private static String digest;

  @BeforeAll
  static void makeSources() throws Exception {
    gcs = GcsServer.start();
    s3 = S3Server.start(folder);
    for (Map.Entry<String, byte[]> image : IMAGE_FILES.entrySet()) {
      Path file = folder.resolve("folder").resolve(image.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, image.getValue());
    }
    Files.write(folder.resolve("images.zip"), ImageFiles.zip(IMAGE_FILES));
    Files.write(folder.resolve("images.tar"), ImageFiles.tar(IMAGE_FILES));
    Files.write(folder.resolve("tars.tar"), ImageFiles.tar(ImageFiles.tars(IMAGE_FILES)));
    FileSystems.setDefaultPipelineOptions(
        PipelineOptionsFactory.fromArgs(flags().toArray(String[]::new)).create());
    for (TestStore store : stores()) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = folder.relativize(file).toString();
          if (SOURCES.stream().anyMatch(name::startsWith)) {
            STORAGE.writeWhole(
                store.root() + "/in/" + name, ByteBuffer.wrap(Files.readAllBytes(file)));
          }
        }
      }
    }
    digest = preprocess(folder + "/folder", folder + "/out", "--runner=DirectRunner");
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
    gcs.close();
  }

  static List<TestStore> stores() {
    return List.of(gcs, s3);
  }

  static Stream<Arguments> storesAndSources() {
    return stores().stream()
        .flatMap(store -> SOURCES.stream().map(source -> Arguments.of(store, source)));
  }

  @AfterEach
  void nothingWasUnknown() {
    stores().forEach(store -> store.faults().set(0, 0));
    stores().forEach(store -> assertEquals(List.of(), store.unknown()));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("storesAndSources")
  void makesTheSameDatasetAndReadsEachImageOnce(TestStore store, String source) throws IOException {
    long before = store.sent("in/" + source);

    assertEquals(digest, preprocess(store, source, "out/" + source, "--runner=DirectRunner"));

    long images = IMAGE_FILES.values().stream().mapToLong(image -> image.length).sum();
    double read = (store.sent("in/" + source) - before) / (double) images;
    System.Logger log = System.getLogger("stores");
    log.log(System.Logger.Level.INFO, "{0} {1}: {2} of the images", store.root(), source, read);
    assertTrue(read >= 1 && read <= MOST_READ, () -> "read " + read + " times the images");
    assertEquals(
        17, STORAGE.list(store.root() + "/out/" + source).size(), "8 shards, 8 indices, manifest");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("storesAndSources")
  @Tag("soak")
  void makesTheSameDatasetOnFlink(TestStore store, String source) throws IOException {
    assertEquals(digest, preprocess(store, source, "flink/" + source, "--parallelism=2"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anUnreliableStoreChangesNothing(TestStore store) throws IOException {
    assertTrue(faultsMade(store, List.of("folder")) >= 3);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  @Tag("soak")
  void anUnreliableStoreChangesNothingForAnySource(TestStore store) throws IOException {
    assertTrue(faultsMade(store, SOURCES) > 10);
  }

  /** Identified, planned, inspected and read: a block by one worker, a row group of Parquet. */
  @ParameterizedTest
  @EnumSource
  void makesTheSameDatasetOfFilesThatAreReadForwardsAndReadsThemOnce(StreamedSources.Form form)
      throws IOException {
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(NoisePicture.jpeg(LARGE_SIDE, i, 100));
    }
    assertTrue(images.stream().allMatch(image -> image.length >= 50_000), "small images");
    byte[] file = form.file(images, i -> i % 3);
    String name = "forwards/" + form + "/train-0";
    Path local = folder.resolve(name);
    Files.createDirectories(local.getParent());
    Files.write(local, file);
    String[] flags = {"--classes=3", "--shards=3", "--runner=DirectRunner"};
    String expected = preprocess(local.toString(), folder + "/out-" + form, flags);
    for (TestStore store : stores()) {
      STORAGE.writeWhole(store.root() + "/in/" + name, ByteBuffer.wrap(file));
      long before = store.sent("in/" + name);

      assertEquals(expected, preprocess(store, name, "out/" + name, flags));

      long read = store.sent("in/" + name) - before;
      assertTrue(
          read >= IMAGES * 50_000L && read <= MOST_OF_FILES * file.length + MORE_A_FILE,
          () -> store.root() + " sent " + read + " of " + file.length);
    }
  }

  private static int faultsMade(TestStore store, List<String> sources) throws IOException {
    int before = store.faults().made();
    store.faults().set(0.05, 3);
    for (String source : sources) {
      assertEquals(digest, preprocess(store, source, "faulty/" + source, "--runner=DirectRunner"));
      for (Storage.Entry made : STORAGE.list(store.root() + "/faulty")) {
        STORAGE.delete(made.path());
      }
    }
    return store.faults().made() - before;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void refusesASecondWriter(TestStore store) throws IOException {
    RunLock first = RunLock.take(store.root() + "/two/train.lock");
    IOException refusal =
        assertThrows(
            IOException.class,
            () -> preprocess(store, "images.zip", "two", "--runner=DirectRunner"));
    assertTrue(refusal.getMessage().startsWith("another run writes here: "));
    first.close();
    assertEquals(List.of(), STORAGE.list(store.root() + "/two"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void resumesAndNoticesAnImageThatChangedButNotItsLength(TestStore store) throws IOException {
    String in = store.root() + "/changing/";
    for (Map.Entry<String, byte[]> image : IMAGE_FILES.entrySet()) {
      STORAGE.writeWhole(in + image.getKey(), ByteBuffer.wrap(image.getValue()));
    }
    STORAGE.writeWhole(in + "n0/unsound.JPEG", ByteBuffer.wrap("no image".getBytes(UTF_8)));
    String out = store.root() + "/resumed";
    assertThrows(Exception.class, () -> preprocess(in, out, "--runner=DirectRunner"));
    assertFalse(STORAGE.exists(out + "/train-manifest.json"));
    byte[] changed = IMAGE_FILES.get("n1/01.JPEG").clone();
    changed[tables(changed)] ^= 1;
    STORAGE.writeWhole(in + "n1/01.JPEG", ByteBuffer.wrap(changed));
    long before = store.sent("changing/");

    String said = run(in, out, "--runner=DirectRunner", "--maxRejected=1");

    assertTrue(said.matches("(?s).*shards kept from an earlier run +\\| +7 .*"), said);
    assertTrue(store.sent("changing/") - before < IMAGES / 7 * 60_000L, "one shard's images");
    String anew = run(in, store.root() + "/anew", "--runner=DirectRunner", "--maxRejected=1");
    assertEquals(ending(anew), ending(said));
  }

  /** Where a JPEG's first quantization table has its first number. */
  private static int tables(byte[] jpeg) {
    int at = 0;
    while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xDB) {
      at++;
    }
    return at + 10;
  }

  @Test
  void anEndedRunLeavesNoLock() throws Exception {
    Path source = folder.resolve("images.zip");
    List<String> command = FreshJvm.command("-Xmx512m", "-XX:TieredStopAtLevel=1");
    command.addAll(List.of("ghostbeam.pipelines.Main", "preprocess"));
    command.add("--input=" + HeldFiles.name(source));
    command.add("--output=" + gcs.root() + "/ended");
    command.addAll(gcs.flags());
    String lock = gcs.root() + "/ended/train.lock";
    Path log = folder.resolve("ended.log");
    try (HeldFiles.Hold hold = HeldFiles.after(source, ".*", IMAGES / 2)) {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      Process run = builder.redirectOutput(log.toFile()).start();
      hold.await(run, log, 1);
      assertTrue(STORAGE.exists(lock), () -> HeldFiles.Hold.read(log));

      run.destroy(); // SIGTERM

      assertTrue(run.waitFor(PATIENCE_S, TimeUnit.SECONDS));
    }
    assertFalse(STORAGE.exists(lock));
    assertFalse(STORAGE.exists(gcs.root() + "/ended/train-manifest.json"));
  }

  private static List<String> flags() {
    List<String> flags = new ArrayList<>(gcs.flags());
    flags.addAll(s3.flags());
    return flags;
  }

  private static String preprocess(TestStore store, String source, String output, String... more)
      throws IOException {
    return preprocess(store.root() + "/in/" + source, store.root() + "/" + output, more);
  }

  /** The dataset's digest. */
  private static String preprocess(String input, String output, String... more) throws IOException {
    return ending(run(input, output, more));
  }

  private static String ending(String said) {
    return said.substring(said.indexOf("digest "));
  }

  private static String run(String input, String output, String... more) throws IOException {
    List<String> flags = flags();
    flags.addAll(List.of("--input=" + input, "--output=" + output));
    flags.add("--targetParallelism=2"); // of a third thread Beam's own runner makes a busy watch
    flags.addAll(List.of(more));
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(flags.toArray(String[]::new))
            .withValidation()
            .as(PreprocessOptions.class);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PreprocessPipeline.run(options, new PrintStream(said, true, UTF_8));
    return said.toString(UTF_8);
  }
}
