package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.ObjectStores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.retry.backoff.BackoffStrategy;

/** What becomes of requests that a store refuses time and again, and of those it always refuses. */
@Timeout(300)
class PatienceTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final int FOREVER = Integer.MAX_VALUE;

  /** What clients try by default, once and three times more. */
  private static final int USUAL_TRIES = 4;

  /** The least that S3 takes. */
  private static final int PART = 5 << 20;

  @TempDir static Path folder;

  private static GcsServer gcs;
  private static S3Server s3;
  private static PipelineOptions options;

  @BeforeAll
  static void start() throws Exception {
    gcs = GcsServer.start();
    s3 = S3Server.start(folder);
    List<String> flags = new ArrayList<>(gcs.flags());
    flags.addAll(s3.flags());
    options = PipelineOptionsFactory.fromArgs(flags.toArray(String[]::new)).create();
    options.as(S3Options.class).setS3UploadBufferSizeBytes(PART);
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
    gcs.close();
  }

  static List<TestStore> stores() {
    return List.of(gcs, s3);
  }

  @BeforeEach
  void waitAsUsersDo() {
    FileSystems.setDefaultPipelineOptions(options);
  }

  @AfterEach
  void nothingWasUnknown() {
    stores().forEach(store -> store.faults().set(0, 0));
    stores().forEach(store -> assertEquals(List.of(), store.unknown()));
  }

  /** By as many threads as would use up what the SDK allows a client of retries in all. */
  @Test
  void writesToS3ThroughMoreRefusalsThanClientsTakeByDefault() throws Exception {
    s3.faults().refuse(USUAL_TRIES, request -> true);
    ExecutorService threads = Executors.newFixedThreadPool(30);
    List<Future<String>> written = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        String path = s3.root() + "/short/" + i;
        written.add(threads.submit(() -> write(path, UTF_8.encode(path))));
      }
      for (Future<String> one : written) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    s3.faults().set(0, 0);
    for (Future<String> one : written) {
      assertEquals(one.get(), new String(STORAGE.readWhole(one.get(), 99), UTF_8));
    }
  }

  @Test
  void writesPartsToS3ThroughMoreRefusalsThanClientsTakeByDefault() throws IOException {
    byte[] bytes = random(2 * PART + 77);
    String path = s3.root() + "/long/file";
    int before = s3.faults().made();
    s3.faults().refuse(USUAL_TRIES, request -> true);

    write(path, ByteBuffer.wrap(bytes));

    s3.faults().set(0, 0);
    assertEquals(5 * USUAL_TRIES, s3.faults().made() - before, "begun, three parts, ended");
    assertArrayEquals(bytes, STORAGE.readWhole(path, bytes.length));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void endsWithThePathAndTheReasonWhenAllTriesAreUsedUp(TestStore store) throws IOException {
    doNotWait();
    String path = store.root() + "/refused/file";
    int tries = store == gcs ? 12 : 11;
    ByteBuffer longer = ByteBuffer.wrap(random(2 * PART));
    Map<String, Executable> operations = new LinkedHashMap<>();
    operations.put("open", () -> STORAGE.open(path));
    operations.put("read", () -> STORAGE.open(found(path)).read(ByteBuffer.allocate(3)));
    operations.put("find", () -> STORAGE.find(path));
    operations.put("list", () -> STORAGE.list(path));
    operations.put("write", () -> write(path, UTF_8.encode("x")));
    operations.put("write more", () -> write(path, longer.duplicate()));
    operations.put("write a whole", () -> STORAGE.writeWhole(path, UTF_8.encode("x")));
    operations.put("write a long whole", () -> STORAGE.writeWhole(path, longer.duplicate()));
    operations.put("rename", () -> STORAGE.rename(path, path + "2"));
    operations.put("delete", () -> STORAGE.delete(path));
    store.faults().refuse(FOREVER, request -> true);
    for (Map.Entry<String, Executable> operation : operations.entrySet()) {
      int before = store.faults().made();

      IOException e = assertThrows(IOException.class, operation.getValue(), operation.getKey());

      assertRefused(path, e);
      assertEquals(tries, store.faults().made() - before, operation.getKey());
    }
  }

  @Test
  void leavesNothingInS3OfAnObjectWhoseSecondPartIsRefused() throws IOException {
    doNotWait();
    String path = s3.root() + "/lost/file";
    Set<Path> before = files();
    s3.faults().refuse(FOREVER, request -> request.contains("partNumber=2"));
    List<ByteBuffer> parts =
        Stream.of(PART, PART, PART).map(length -> ByteBuffer.wrap(random(length))).toList();

    IOException e = assertThrows(IOException.class, () -> write(path, parts));

    assertRefused(path, e);
    assertEquals(List.of(), STORAGE.list(s3.root() + "/lost"));
    assertEquals(before, files());
  }

  /** What S3Proxy keeps, objects and parts. */
  private static Set<Path> files() throws IOException {
    try (Stream<Path> kept = Files.walk(folder.resolve("objects"))) {
      return kept.filter(Files::isRegularFile).collect(Collectors.toSet());
    }
  }

  /** Even if the store has recovered before the channel is closed. */
  @Test
  void leavesNothingAtGoogleOfAnObjectWhoseSecondPartIsRefused() throws IOException {
    doNotWait();
    String path = gcs.root() + "/lost/file";
    AtomicInteger parts = new AtomicInteger();
    gcs.faults().refuse(12, request -> request.startsWith("PUT ") && parts.incrementAndGet() > 1);

    IOException e =
        assertThrows(
            IOException.class, () -> write(path, List.of(ByteBuffer.wrap(random(4 * PART)))));

    assertRefused(path, e);
    assertEquals(13, parts.get(), "the first, the second, and whether that had come");
    assertEquals(List.of(), STORAGE.list(gcs.root() + "/lost"));
  }

  private static void assertRefused(String path, IOException e) {
    String reason = "Backend Error|Service Unavailable|no reason given";
    String line =
        ": the store still answers 503 \\((" + reason + ")\\) after many tries; run again";
    assertTrue(e.getMessage().matches(Pattern.quote(path) + line), e.getMessage());
  }

  /** The same number of attempts, without the delays. */
  private static void doNotWait() {
    ObjectStores.register(
        "gs",
        () ->
            GoogleStore.of(
                options.as(GcsOptions.class),
                GoogleClient.PATIENT.toBuilder()
                    .setInitialRetryDelayDuration(Duration.ofMillis(1))
                    .setMaxRetryDelayDuration(Duration.ofMillis(1))
                    .build()));
    ObjectStores.register(
        "s3",
        () ->
            AmazonStore.of(
                options.as(S3Options.class),
                AmazonClient.PATIENT.toBuilder()
                    .backoffStrategy(BackoffStrategy.none())
                    .throttlingBackoffStrategy(BackoffStrategy.none())
                    .build(),
                AmazonCopy.Limits.S3));
  }

  private static Storage.Entry found(String path) {
    return new Storage.Entry(path, 3, "7");
  }

  private static String write(String path, ByteBuffer bytes) throws IOException {
    return write(path, List.of(bytes));
  }

  private static String write(String path, List<ByteBuffer> parts) throws IOException {
    try (WritableByteChannel channel = STORAGE.create(path)) {
      for (ByteBuffer part : parts) {
        while (part.hasRemaining()) {
          channel.write(part);
        }
      }
    }
    return path;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
