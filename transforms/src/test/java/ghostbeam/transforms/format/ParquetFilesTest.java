package ghostbeam.transforms.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet files written by DuckDB. */
class ParquetFilesTest {
  private static final ParquetFiles FORM = new ParquetFiles();
  private static final String STRUCT =
      "{'bytes': encode('image ' || i), 'path': 'n' || (10000000 + i % 3) || '_' || i || '.JPEG'}";

  @TempDir Path folder;

  private Block write(String rows, String options) throws Exception {
    Path file = folder.resolve("train-00000.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("copy (%s) to '%s' (format parquet, %s)".formatted(rows, file, options));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return block(file);
  }

  private static Block block(Path file) throws IOException {
    return Block.of(
        Storage.local().find(file.toString()).orElseThrow(), file.getFileName().toString());
  }

  private static List<StreamedRecord> read(Block file) throws IOException {
    List<StreamedRecord> rows = new ArrayList<>();
    for (Block block : FORM.blocks(Storage.local(), file)) {
      FORM.read(Storage.local(), block, rows::add);
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "uncompressed"})
  void readsEveryRowOfEveryRowGroup(String codec) throws Exception {
    Block block =
        write(
            "select %s as image, cast(i %% 3 as bigint) as label, 'x' as other from range(5000) t(i)"
                .formatted(STRUCT),
            "compression %s, row_group_size 2048".formatted(codec));

    List<StreamedRecord> rows = read(block);

    assertEquals(5000, rows.size());
    List<Block> groups = FORM.blocks(Storage.local(), block);
    assertEquals(List.of(2048L, 2048L, 904L), groups.stream().map(Block::records).toList());
    assertEquals(5000, FORM.count(Storage.local(), groups, "train").getAsLong());
    for (int i = 0; i < rows.size(); i++) {
      StreamedRecord row = rows.get(i);
      assertEquals(i, row.position());
      assertEquals("train-00000.parquet#" + i, row.key());
      assertEquals("image " + i, new String(row.bytes(), UTF_8));
      String wnid = "n" + (10000000 + i % 3);
      assertEquals(new RawLabel(i % 3, 0, wnid), row.rawLabel());
      assertEquals(wnid + "_" + i + ".JPEG", row.filename());
    }
  }

  @Test
  void readsAColumnOfBytesAndRowsWithoutLabelOrImage() throws Exception {
    Block block =
        write(
            "select case when i = 2 then null else encode('image') end as image,"
                + " cast(case when i = 1 then null when i = 3 then -1 else i end as int) as label"
                + " from range(4) t(i)",
            "compression snappy");

    List<StreamedRecord> rows = read(block);

    assertEquals(0, rows.get(0).rawLabel().number());
    assertEquals("train-00000-0", rows.get(0).filename());
    assertEquals("", rows.get(0).rawLabel().synset());
    assertEquals(RawLabel.NONE, rows.get(1).rawLabel().number());
    assertEquals("has no image", rows.get(2).fault());
    assertEquals(RawLabel.NONE, rows.get(3).rawLabel().number());
  }

  @Test
  void theClassOfAValidationImageFollowsItsNumber() throws Exception {
    Block block =
        write(
            "select {'bytes': encode('x'), 'path': 'ILSVRC2012_val_00000001_n01751748.JPEG'} as"
                + " image, 65 as label",
            "compression zstd");

    assertEquals("n01751748", read(block).get(0).rawLabel().synset());
  }

  @Test
  void saysWhichColumnsAreNotAsExpected() throws Exception {
    assertFails(
        write("select 'a' as text, 1 as label", "compression zstd"),
        "has the columns text, label; expected image");
    assertFails(
        write("select encode('x') as image, 'cat' as label", "compression zstd"),
        "has the column label of type BINARY, expected one INT64 per row");
    assertFails(
        write("select 1 as image, 1 as label", "compression zstd"),
        "has the column image of type INT32, expected one BINARY per row");
  }

  /** Integers and bytes may have a logical type, such as a date or a decimal. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "encode('x') | cast(1 as decimal(4, 2)) | label of type INT32 (DECIMAL",
        "encode('x') | date '2020-01-01' | label of type INT32 (DATE)",
        "encode('x') | timestamp '2020-01-01' | label of type INT64 (TIMESTAMP",
        "'train/1.jpg' | 1 | image of type BINARY (STRING)",
      })
  void refusesColumnsOfOtherLogicalTypes(String image, String label, String words)
      throws Exception {
    assertFails(
        write("select %s as image, %s as label".formatted(image, label), "compression zstd"),
        "has the column " + words);
  }

  @Test
  void reportsTruncatedAndDamagedFiles() throws Exception {
    Block whole =
        write(
            "select %s as image, i as label from range(500) t(i)".formatted(STRUCT),
            "compression zstd");
    Path file = Path.of(whole.path());
    byte[] bytes = Files.readAllBytes(file);
    for (int length : List.of(4, 11, bytes.length / 2, bytes.length - 1)) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertFails(block(file), "cannot be read as Parquet: ");
    }
    byte[] damaged = bytes.clone();
    Arrays.fill(damaged, 40, 90, (byte) 0x5a);
    Files.write(file, damaged);
    assertFails(block(file), "cannot be read as Parquet: ");
  }

  /** A flipped bit anywhere gives rows or a one-line message, quickly and in little memory. */
  @Test
  void anyDamageGivesRowsOrOneLine() throws Exception {
    Block whole =
        write(
            "select %s as image, i as label from range(40) t(i)".formatted(STRUCT),
            "compression snappy");
    Path file = Path.of(whole.path());
    byte[] bytes = Files.readAllBytes(file);
    int refused = 0;
    for (int at = 4; at < bytes.length; at += 5) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(file, damaged);
      try {
        read(block(file));
      } catch (IOException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > bytes.length / 50, refused + " of " + bytes.length);
  }

  /** A full disk or a cancelled job is not the file's fault. */
  @Test
  void exceptionsOfTheSinkAreNotReportedAsDamage() throws Exception {
    Block block = write("select encode('x') as image, 1 as label", "compression zstd");
    IOException full = new IOException("No space left on device");
    IllegalStateException cancelled = new IllegalStateException("cancelled");

    assertSame(full, assertThrows(IOException.class, () -> readInto(block, full)));
    assertSame(
        cancelled, assertThrows(IllegalStateException.class, () -> readInto(block, cancelled)));
  }

  private static void readInto(Block block, Exception thrown) throws IOException {
    FORM.read(
        Storage.local(),
        block,
        row -> {
          if (thrown instanceof IOException e) {
            throw e;
          }
          throw (RuntimeException) thrown;
        });
  }

  @Test
  void skipsEmptyRowGroups() throws Exception {
    Block block =
        write(
            "select %s as image, i as label from range(3) t(i)".formatted(STRUCT),
            "row_group_size 2048");
    rewrite(Path.of(block.path()), ParquetFilesTest::addEmptyRowGroups);

    List<StreamedRecord> rows = read(block(Path.of(block.path())));

    assertEquals(List.of(0L, 1L, 2L), rows.stream().map(row -> row.rawLabel().number()).toList());
  }

  /** Row groups share blocks if the footer would be reread too often; a file may have none. */
  @Test
  void rereadsALongFooterForFewBlocks() throws Exception {
    Block block =
        write(
            "select %s as image, i as label from range(5000) t(i)".formatted(STRUCT),
            "row_group_size 2048");
    Path file = Path.of(block.path());
    rewrite(
        file,
        footer -> footer.addToKey_value_metadata(new KeyValue("k").setValue("x".repeat(200_000))));
    assertEquals(
        List.of(5000L),
        FORM.blocks(Storage.local(), block(file)).stream().map(Block::records).toList());
    assertEquals(5000, read(block(file)).size());

    rewrite(file, footer -> footer.getRow_groups().clear());
    rewrite(
        file,
        footer -> footer.addToKey_value_metadata(new KeyValue("k").setValue("x".repeat(400_000))));
    assertEquals(List.of(), read(block(file)));
  }

  /** One before the others and one after them, as some writers leave them. */
  private static void addEmptyRowGroups(FileMetaData footer) {
    RowGroup empty = footer.getRow_groups().get(0).deepCopy();
    empty.setNum_rows(0);
    footer.getRow_groups().add(0, empty);
    footer.getRow_groups().add(empty);
  }

  private static void rewrite(Path file, Consumer<FileMetaData> change) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.getInt(bytes.limit() - 8);
    int begin = bytes.limit() - 8 - length;
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(bytes.array(), begin, length));
    change.accept(footer);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes.array(), 0, begin);
    Util.writeFileMetaData(footer, out);
    byte[] end =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(out.size() - begin)
            .put("PAR1".getBytes(UTF_8))
            .array();
    out.write(end);
    Files.write(file, out.toByteArray());
  }

  private static void assertFails(Block block, String words) {
    IOException failure = assertThrows(IOException.class, () -> read(block));
    assertTrue(failure.getMessage().contains(words), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }
}
