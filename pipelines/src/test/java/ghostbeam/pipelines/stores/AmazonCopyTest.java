package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.ObjectStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.retry.backoff.BackoffStrategy;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Objects that are too large for their store to copy them in one request. */
@Timeout(300)
class AmazonCopyTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final String KEY = "large/a b#1?+é.part";
  private static final String FROM = "s3://bucket/" + KEY;
  private static final String TO = "s3://bucket/moved/file";

  /** The smallest part that S3 accepts. */
  private static final int PART = 5 << 20;

  private static final AmazonCopy.Limits SMALL = new AmazonCopy.Limits(2 * PART, PART);
  private static final RetryPolicy AT_ONCE =
      AmazonClient.PATIENT.toBuilder()
          .backoffStrategy(BackoffStrategy.none())
          .throttlingBackoffStrategy(BackoffStrategy.none())
          .build();

  @TempDir static Path folder;

  private static S3Server s3;
  private static S3Options options;
  private static S3Client client;

  /** A client that does not wait for the injected fault. */
  private static S3Client inner;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Server.start(folder);
    options = options(s3.flags());
    client = AmazonClient.of(options, AT_ONCE);
    inner =
        AmazonClient.of(
            options(
                s3.flags().stream()
                    .map(flag -> flag.equals(s3.endpoint()) ? s3.inner() : flag)
                    .toList()),
            AT_ONCE);
  }

  private static S3Options options(List<String> flags) {
    return PipelineOptionsFactory.fromArgs(flags.toArray(String[]::new)).as(S3Options.class);
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    inner.close();
    s3.close();
  }

  @BeforeEach
  void limitCopiesInOneRequest() {
    FileSystems.setDefaultPipelineOptions(options);
    ObjectStores.register("s3", () -> AmazonStore.of(options, AT_ONCE, SMALL));
  }

  @AfterEach
  void empty() throws IOException {
    s3.faults().set(0, 0);
    STORAGE.delete(FROM);
    STORAGE.delete(TO);
  }

  @Test
  void moveInParts() throws IOException {
    byte[] bytes = random(2 * PART + 77);
    put(bytes);
    Queue<String> parts = new ConcurrentLinkedQueue<>();
    s3.faults().refuse(1, request -> request.contains("partNumber=") && parts.add(request));

    STORAGE.rename(FROM, TO);

    assertEquals(6, parts.size(), "three, once refused each");
    assertArrayEquals(bytes, STORAGE.readWhole(TO, bytes.length));
    assertFalse(STORAGE.exists(FROM));
    assertEquals(1, files().size());
    assertEquals(List.of(), uploads());
    HeadObjectResponse moved = client.headObject(head -> head.bucket("bucket").key("moved/file"));
    assertEquals("text/plain", moved.contentType());
    assertEquals("gzip", moved.contentEncoding());
    assertEquals(Map.of("made-by", "a test"), moved.metadata());
  }

  @Test
  void moveInOneRequestIfNotTooLarge() throws IOException {
    byte[] bytes = random(2 * PART);
    put(bytes);
    Queue<String> parts = new ConcurrentLinkedQueue<>();
    s3.faults().refuse(1, request -> request.contains("upload") && parts.add(request));

    STORAGE.rename(FROM, TO);

    assertEquals(List.of(), List.copyOf(parts));
    assertArrayEquals(bytes, STORAGE.readWhole(TO, bytes.length));
    assertFalse(STORAGE.exists(FROM));
  }

  @Test
  void stayWhereTheyAreWhenAPartIsRefused() throws IOException {
    byte[] bytes = random(2 * PART + 77);
    put(bytes);
    Set<Path> before = files();
    s3.faults().refuse(Integer.MAX_VALUE, request -> request.contains("partNumber=2"));

    IOException e = assertThrows(IOException.class, () -> STORAGE.rename(FROM, TO));

    assertTrue(e.getMessage().startsWith(FROM + ": the store still answers 503"), e.getMessage());
    assertEquals(before, files());
    assertEquals(List.of(), uploads());
    assertArrayEquals(bytes, STORAGE.readWhole(FROM, bytes.length));
  }

  @Test
  void stayWhereTheyAreWhenTheyChange() throws IOException {
    put(random(2 * PART + 77));
    Set<Path> before = files();
    byte[] other = random(2 * PART + 78);
    s3.faults().refuse(0, request -> request.contains("partNumber=2") && isPut(inner, other));

    IOException e = assertThrows(IOException.class, () -> STORAGE.rename(FROM, TO));

    assertEquals(
        FROM + ": changed after it was listed; stop what writes to it and run again",
        e.getMessage());
    assertEquals(before, files());
    assertEquals(List.of(), uploads());
    assertArrayEquals(other, STORAGE.readWhole(FROM, other.length));
  }

  @Test
  void haveAtMostTenThousandParts() {
    long gib = 1L << 30;
    AmazonCopy.Limits limits = AmazonCopy.Limits.S3;
    assertEquals(5 * gib, limits.most());
    assertEquals(gib, limits.partOf(5 * gib + 1));
    assertEquals(gib, limits.partOf(10_000 * gib));
    assertEquals(gib + 1, limits.partOf(10_000 * gib + 1));
  }

  private static void put(byte[] bytes) {
    assertTrue(isPut(client, bytes));
  }

  private static boolean isPut(S3Client by, byte[] bytes) {
    by.putObject(
        object ->
            object
                .bucket("bucket")
                .key(KEY)
                .contentType("text/plain")
                .contentEncoding("gzip")
                .metadata(Map.of("made-by", "a test")),
        RequestBody.fromBytes(bytes));
    return true;
  }

  /** What S3Proxy keeps, objects and parts. */
  private static Set<Path> files() throws IOException {
    try (Stream<Path> kept = Files.walk(folder.resolve("objects"))) {
      return kept.filter(Files::isRegularFile).collect(Collectors.toSet());
    }
  }

  private static List<?> uploads() {
    return client.listMultipartUploads(request -> request.bucket("bucket")).uploads();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
