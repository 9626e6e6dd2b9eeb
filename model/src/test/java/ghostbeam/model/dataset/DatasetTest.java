package ghostbeam.model.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.record.CorruptRecordException;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardPart;
import ghostbeam.model.record.ShardReader;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  private static final int SHARDS = 30;
  private static final int OPEN_SHARDS = 3; // so that threads close each other's shards
  private static final int RECORDS = 100;

  @TempDir Path folder;

  @BeforeEach
  void writeDataset() throws IOException {
    List<Manifest.Shard> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      String name = DatasetFolder.shard("train", shard, SHARDS);
      String path = folder.resolve(name).toString();
      try (ShardWriter writer = new ShardWriter(Storage.local().create(path))) {
        for (int i = first(shard); i < first(shard + 1); i++) {
          writer.write(example(i));
        }
        shards.add(Manifest.Shard.of(name, writer));
        Storage.local().writeWhole(DatasetFolder.index(path), ByteBuffer.wrap(writer.index()));
      }
    }
    new Manifest(
            Manifest.FORMAT,
            "train",
            RECORDS,
            List.of("a", "b"),
            List.of(RECORDS / 2L, RECORDS / 2L),
            Manifest.ORDINARY_LABELS,
            1,
            new Manifest.Settings("original", 0, 0, "opencv"),
            new Manifest.Source("/somewhere", RECORDS, "sha256:0"),
            shards,
            0,
            "")
        .withDigest()
        .write(Storage.local(), folder.toString());
  }

  @Test
  void readsEveryRecordByNumberFromManyThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Dataset dataset = open()) {
      List<Callable<Void>> readers = new ArrayList<>();
      for (int seed = 0; seed < 8; seed++) {
        Random random = new Random(seed);
        readers.add(
            () -> {
              for (int i = 0; i < 10 * RECORDS; i++) {
                int record = random.nextInt(RECORDS);
                assertSame(record, dataset.read(record));
              }
              return null;
            });
      }
      for (Future<Void> reader : threads.invokeAll(readers)) {
        reader.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  /** In any order and grouping; other bytes of the same length do not match. */
  @Test
  void partsOfAShardAddUpToItsCrc() throws IOException {
    List<Integer> records = new ArrayList<>(IntStream.range(0, RECORDS).boxed().toList());
    Collections.shuffle(records, new Random(3));
    Map<Integer, List<ShardPart>> parts = new TreeMap<>();
    try (Dataset dataset = open()) {
      for (int record : records) {
        Example example =
            dataset.read(
                record,
                (shard, part) ->
                    parts.computeIfAbsent(shard, unused -> new ArrayList<>()).add(part));
        assertSame(record, example);
      }
      for (Map.Entry<Integer, List<ShardPart>> shard : parts.entrySet()) {
        ShardPart last = new ShardPart(0, 0);
        ShardPart others = new ShardPart(0, 0);
        for (ShardPart part : shard.getValue()) {
          others = others.plus(last);
          last = part;
        }
        ShardPart whole = last.plus(others);
        dataset.requireWhole(shard.getKey(), whole);
        if (others.records() > 0) {
          dataset.requireWhole(shard.getKey(), others); // cannot be checked
        }
        ShardPart wrong = new ShardPart(whole.records(), whole.crc() ^ 1);
        IOException refused =
            assertThrows(IOException.class, () -> dataset.requireWhole(shard.getKey(), wrong));
        String file = DatasetFolder.shard("train", shard.getKey(), SHARDS);
        assertTrue(refused.getMessage().contains(file + " has CRC32C "), refused::getMessage);
      }
      assertEquals(
          RECORDS,
          parts.values().stream().flatMap(List::stream).mapToInt(ShardPart::records).sum());
    }
  }

  @Test
  void readsShardsFromFirstToLastRecord() throws IOException {
    try (Dataset dataset = open()) {
      for (int shard = 0; shard < SHARDS; shard++) {
        assertEquals(first(shard), dataset.firstRecord(shard));
        try (ShardReader reader = dataset.shard(shard)) {
          assertEquals(first(shard + 1) - first(shard), reader.records());
          for (int i = 0; i < reader.records(); i++) {
            assertSame(first(shard) + i, reader.read(i));
          }
        }
      }
    }
  }

  @Test
  void manifestHasLengthAndCrcOfEachFile() throws IOException {
    Manifest manifest = Manifest.read(Storage.local(), folder.toString(), "train");
    for (Manifest.Shard shard : manifest.shards()) {
      byte[] bytes = Files.readAllBytes(folder.resolve(shard.file()));
      CRC32C crc = new CRC32C();
      crc.update(bytes);
      assertEquals(bytes.length, shard.bytes());
      assertEquals(crc.getValue(), Long.parseLong(shard.crc32c(), 16));
    }
  }

  @Test
  void indexHasDalisFormat() throws IOException {
    Path shard = shard(7);
    int framed = example(first(7)).toBytes().length + 16;

    List<String> lines = Files.readAllLines(Path.of(DatasetFolder.index(shard.toString())));

    assertEquals("0 " + framed, lines.get(0));
    assertTrue(lines.get(1).startsWith(framed + " "), lines.get(1));
    assertEquals(first(8) - first(7), lines.size());
  }

  @Test
  void namesShardRecordAndOffsetOfACorruptRecord() throws IOException {
    Path shard = shard(7);
    byte[] bytes = Files.readAllBytes(shard);
    int offset = example(first(7)).toBytes().length + 16;
    bytes[offset + 40] ^= 1;
    Files.write(shard, bytes);

    try (Dataset dataset = open()) {
      assertSame(first(7), dataset.read(first(7)));
      CorruptRecordException e =
          assertThrows(CorruptRecordException.class, () -> dataset.read(first(7) + 1));
      assertTrue(
          e.getMessage()
              .startsWith(
                  String.format(
                      "%s: record %d (position 1 in this shard, byte offset %d) is corrupt",
                      shard, first(7) + 1, offset)),
          e.getMessage());
    }
  }

  @Test
  void rejectsAShardOfAnotherLength() throws IOException {
    byte[] bytes = Files.readAllBytes(shard(0));
    Files.write(shard(0), Arrays.copyOf(bytes, bytes.length - 1));

    try (Dataset dataset = open()) {
      IOException e = assertThrows(IOException.class, () -> dataset.read(0));
      assertTrue(e.getMessage().startsWith(shard(0) + " has "), e.getMessage());
    }
  }

  @Test
  void namesAMissingIndex() throws IOException {
    Path index = Path.of(DatasetFolder.index(shard(0).toString()));
    Files.delete(index);

    try (Dataset dataset = open()) {
      IOException e = assertThrows(IOException.class, () -> dataset.read(0));
      assertEquals(index + " does not exist", e.getMessage());
    }
  }

  @Test
  void rejectsAnIndexThatDoesNotMatch() throws IOException {
    Path index = Path.of(DatasetFolder.index(shard(0).toString()));
    String good = Files.readString(index);
    List<String> bad =
        List.of(
            "",
            "0\n",
            "0 99999999999999999\n",
            "x y\n",
            "1 " + good.substring(2),
            good + "0 16\n",
            good.substring(0, good.length() - 1),
            good.repeat(100));
    for (String text : bad) {
      Files.write(index, text.getBytes(StandardCharsets.US_ASCII));
      try (Dataset dataset = open()) {
        IOException e = assertThrows(IOException.class, () -> dataset.read(0), text);
        assertTrue(e.getMessage().startsWith(index.toString()), e.getMessage());
      }
    }
  }

  @Test
  void rejectsRecordNumbersOutsideTheDataset() throws IOException {
    try (Dataset dataset = open()) {
      assertThrows(IndexOutOfBoundsException.class, () -> dataset.read(RECORDS));
      assertThrows(IndexOutOfBoundsException.class, () -> dataset.read(-1));
    }
  }

  private Dataset open() throws IOException {
    return Dataset.open(Storage.local(), folder.toString(), "train", OPEN_SHARDS);
  }

  private Path shard(int shard) {
    return folder.resolve(DatasetFolder.shard("train", shard, SHARDS));
  }

  /** Shard 5 is empty, the others hold three or four records. */
  private static int first(int shard) {
    return (shard == 5 ? 6 : shard) * RECORDS / SHARDS;
  }

  private static Example example(int record) {
    byte[] bytes = new byte[record % 50 + 30];
    new Random(record).nextBytes(bytes);
    return new Example(bytes, "JPEG", 5, 7, 3, "RGB", record % 2, "a", record + ".JPEG", "", "");
  }

  private static void assertSame(int record, Example read) {
    assertArrayEquals(example(record).encoded(), read.encoded());
    assertEquals(record + ".JPEG", read.filename());
  }
}
