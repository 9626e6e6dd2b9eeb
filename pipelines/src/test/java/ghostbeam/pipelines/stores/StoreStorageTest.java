package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.model.storage.Storage.Entry;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.runners.core.construction.SerializablePipelineOptions;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of a storage, tested on gs:// and s3://. */
@Timeout(300)
class StoreStorageTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;

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
    FileSystems.setDefaultPipelineOptions(options);
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
    gcs.close();
  }

  static List<TestStore> stores() {
    return List.of(gcs, s3);
  }

  @AfterEach
  void nothingWasUnknown() {
    stores().forEach(store -> store.faults().set(0, 0));
    stores().forEach(store -> assertEquals(List.of(), store.unknown()));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void readsWhatIsAskedAndNoMore(TestStore store) throws IOException {
    byte[] bytes = random(1 << 20);
    String path = store.root() + "/reads/a file#1?.bin";
    STORAGE.writeWhole(path, ByteBuffer.wrap(bytes));
    long before = store.sent("reads/");
    long answers = store.answers("reads/");

    try (SeekableByteChannel channel = STORAGE.open(path)) {
      assertEquals(bytes.length, channel.size());
      assertRange(bytes, channel, 700_000, 1000);
      assertRange(bytes, channel, 10, 512);
      assertRange(bytes, channel, bytes.length - 5, 5);
      assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
    }

    store.awaitSent("reads/", before + 1000 + 512 + 5);
    assertEquals(1000 + 512 + 5, store.sent("reads/") - before);
    assertEquals(3, store.answers("reads/") - answers);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void readsAFileFromEndToEndInFewRequests(TestStore store) throws IOException {
    byte[] bytes = random(3 << 20);
    String path = store.root() + "/whole/file";
    STORAGE.writeWhole(path, ByteBuffer.wrap(bytes));

    ByteBuffer all = ByteBuffer.allocate(bytes.length);
    try (SeekableByteChannel channel = STORAGE.open(path)) {
      ByteBuffer block = ByteBuffer.allocate(10_000);
      while (channel.read(block.clear()) >= 0) {
        all.put(block.flip());
      }
    }

    assertArrayEquals(bytes, all.array());
    store.awaitSent("whole/", bytes.length);
    assertEquals(bytes.length, store.sent("whole/"));
    assertTrue(store.answers("whole/") <= 12, () -> store.answers("whole/") + " requests");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void writesListsRenamesAndDeletes(TestStore store) throws IOException {
    String top = store.root() + "/names";
    for (String name : List.of("b", "a/z/deep", "a.b", "B", "a/é", "[x]*", "a b+c%20", "c")) {
      try (WritableByteChannel channel = STORAGE.create(top + "/" + name)) {
        channel.write(UTF_8.encode(name));
      }
    }
    STORAGE.writeWhole(top + "-not", UTF_8.encode("x"));

    STORAGE.walk(top, entry -> false);
    store.awaitSent("names/", 1);
    assertEquals(1, store.answers("names/"), "of two, for Google's names 7 at a time here");
    List<Entry> entries = STORAGE.list(top);
    assertEquals(
        List.of("B", "[x]*", "a b+c%20", "a.b", "a/z/deep", "a/é", "b", "c"),
        entries.stream().map(e -> e.path().substring(top.length() + 1)).toList());
    assertEquals(8, entries.get(4).bytes());
    assertEquals(entries.get(0), STORAGE.find(top + "/B").orElseThrow());

    STORAGE.rename(top + "/b", top + "/B");
    assertFalse(STORAGE.exists(top + "/b"));
    assertEquals("b", new String(STORAGE.readWhole(top + "/B", 9), UTF_8));
    assertFalse(STORAGE.find(top + "/B").equals(Optional.of(entries.get(0))));
    STORAGE.delete(top + "/B");
    STORAGE.delete(top + "/B");
    assertFalse(STORAGE.exists(top + "/B"));
    assertFalse(STORAGE.exists(top));
    assertEquals(6, STORAGE.list(top + "/").size());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void neverGivesAnotherContentThanWasFound(TestStore store) throws IOException {
    String path = store.root() + "/changes/file";
    STORAGE.writeWhole(path, UTF_8.encode("the first one"));
    Entry found = STORAGE.find(path).orElseThrow();
    STORAGE.writeWhole(path, UTF_8.encode("another one.."));

    try (SeekableByteChannel channel = STORAGE.open(found)) {
      IOException e = assertThrows(IOException.class, () -> channel.read(ByteBuffer.allocate(5)));
      assertEquals(
          path + ": changed after it was listed; stop what writes to it and run again",
          e.getMessage());
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void namesWhatIsNotThere(TestStore store) {
    String path = store.root() + "/missing";
    IOException open = assertThrows(IOException.class, () -> STORAGE.open(path));
    IOException rename = assertThrows(IOException.class, () -> STORAGE.rename(path, path + "2"));
    String nowhere = store.root() + "less/data";
    IOException list = assertThrows(IOException.class, () -> STORAGE.list(nowhere));

    assertEquals(path + " does not exist", open.getMessage());
    assertEquals(path + " does not exist", rename.getMessage());
    assertEquals(
        nowhere + ": its bucket does not exist; create it or correct the path", list.getMessage());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void writesWhatIsNewOnlyOnce(TestStore store) throws IOException {
    String path = store.root() + "/new/manifest";
    STORAGE.writeNew(path, "one".getBytes(UTF_8));
    STORAGE.writeNew(path, "one".getBytes(UTF_8));

    IOException e =
        assertThrows(IOException.class, () -> STORAGE.writeNew(path, "two".getBytes(UTF_8)));
    assertTrue(e.getMessage().startsWith(path + " was written by another run"), e.getMessage());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void letsOneRunInAfterTheOther(TestStore store) throws IOException {
    String path = store.root() + "/locked/train.lock";
    RunLock first = RunLock.take(path);
    IOException refusal = assertThrows(IOException.class, () -> RunLock.take(path));
    String held = STORAGE.list(store.root() + "/locked").get(0).path();
    assertTrue(refusal.getMessage().startsWith("another run writes here: " + held));
    assertTrue(refusal.getMessage().contains("delete " + held), refusal.getMessage());
    first.close();

    RunLock second = RunLock.take(path);
    assertEquals(1, STORAGE.list(store.root() + "/locked").size());
    second.close();
    assertEquals(List.of(), STORAGE.list(store.root() + "/locked"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void letsOneInOfManyThatComeAtOnce(TestStore store) throws Exception {
    String path = store.root() + "/crowd/train.lock";
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<RunLock> held = new ArrayList<>();
    try {
      Callable<RunLock> taking = () -> RunLock.take(path);
      for (Future<RunLock> taken : threads.invokeAll(Collections.nCopies(8, taking))) {
        try {
          held.add(taken.get());
        } catch (ExecutionException e) {
          String message = e.getCause().getMessage();
          assertTrue(message.startsWith("another run writes here: "), message);
        }
      }
    } finally {
      threads.shutdownNow();
    }

    assertTrue(held.size() <= 1, () -> held.size() + " hold it");
    if (store == gcs) {
      assertEquals(1, held.size(), "Google's store decides who was first");
    }
    for (RunLock lock : held) {
      lock.close();
    }
    RunLock.take(path).close();
    assertEquals(List.of(), STORAGE.list(store.root() + "/crowd"));
  }

  @Test
  void isReachedWithOptionsThatTravelledToAWorker() throws IOException {
    byte[] travelling =
        SerializableUtils.serializeToByteArray(new SerializablePipelineOptions(options));
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create()); // another job's
    SerializableUtils.deserializeFromByteArray(travelling, "options");

    for (TestStore store : stores()) {
      STORAGE.writeWhole(store.root() + "/worker/file", UTF_8.encode("x"));
      assertEquals(1, STORAGE.list(store.root() + "/worker").size());
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  @Tag("soak")
  void survivesAStoreThatFailsMoreOften(TestStore store) throws IOException {
    byte[] bytes = random(200_000);
    int before = store.faults().made();
    store.faults().set(0.2, 1);
    for (int i = 0; i < 10; i++) {
      String path = store.root() + "/faults/" + i;
      STORAGE.writeWhole(path + ".a", ByteBuffer.wrap(bytes));
      try (WritableByteChannel channel = STORAGE.create(path + ".b")) {
        channel.write(ByteBuffer.wrap(bytes));
      }
      STORAGE.rename(path + ".b", path);
      assertArrayEquals(bytes, STORAGE.readWhole(path, bytes.length));
      assertEquals(2, STORAGE.list(store.root() + "/faults").size());
      STORAGE.delete(path);
      STORAGE.delete(path + ".a");
    }
    assertTrue(store.faults().made() - before > 10);
  }

  private static void assertRange(byte[] bytes, SeekableByteChannel channel, int from, int length)
      throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length);
    channel.position(from);
    while (read.hasRemaining() && channel.read(read) >= 0) {
      // Until it is whole.
    }
    assertArrayEquals(Arrays.copyOfRange(bytes, from, from + length), read.array());
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
