package ghostbeam.transforms.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.Ranges;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;

/**
 * The footer of a Parquet file: its columns and the offsets of its row groups. Read here rather
 * than by the library, which allocates whatever a damaged footer asks for.
 *
 * @param content the parsed metadata
 * @param bytes length of the footer in the file, magic included
 */
record ParquetFooter(FileMetaData content, int bytes) {
  private static final byte[] MAGIC = "PAR1".getBytes(US_ASCII);

  /** The last bytes of a file: the footer's length and the magic. */
  private static final int TAIL = Integer.BYTES + MAGIC.length;

  private static final int LONGEST = 16 << 20;

  /** Limit for schema elements, which the library walks recursively. */
  private static final int MOST_COLUMNS = 1_000;

  /** Limit for rows per row group; real ones have a few hundred thousand at most. */
  private static final int MOST_ROWS = 1 << 24;

  /** Each block rereads the footer; that may cost this much, plus 1/50 of the file. */
  private static final int SPARE_BYTES = 256 << 10;

  private static final int SPARE_PART = 50;

  /** Whether a file begins with Parquet's magic. */
  static boolean begins(Storage storage, Storage.Entry file) throws IOException {
    return Arrays.equals(MAGIC, Magic.first(storage, file, MAGIC.length));
  }

  /** Reads a file's footer; a damaged one is an {@link IOException} that says why. */
  static ParquetFooter read(Storage storage, Storage.Entry file) throws IOException {
    long end = file.bytes() - TAIL;
    if (end < MAGIC.length) {
      throw new IOException("it is too short");
    }
    try (SeekableByteChannel channel = storage.open(file)) {
      byte[] tail = Ranges.read(channel, end, TAIL);
      if (!new String(tail, US_ASCII).endsWith(new String(MAGIC, US_ASCII))) {
        throw new IOException("it does not end with Parquet's magic");
      }
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (length < 0 || length > end - MAGIC.length || length > LONGEST) {
        throw new IOException("its footer is said to have " + length + " bytes");
      }
      FileMetaData content = parse(Ranges.read(channel, end - length, length));
      ParquetFooter footer = new ParquetFooter(content, length + TAIL);
      footer.requireSound(end - length);
      footer.requireSmallRowGroups(file.path());
      return footer;
    }
  }

  private static FileMetaData parse(byte[] footer) throws IOException {
    FileMetaData content = new FileMetaData();
    try {
      // No list or string can have more elements than the footer has bytes.
      TConfiguration limits =
          new TConfiguration(footer.length, footer.length, TConfiguration.DEFAULT_RECURSION_DEPTH);
      content.read(
          new TCompactProtocol(
              new TIOStreamTransport(limits, new ByteArrayInputStream(footer)),
              footer.length,
              footer.length));
    } catch (TException e) {
      IOException damaged = new IOException("its footer is damaged");
      damaged.addSuppressed(e); // Thrift's message, which does not help the user
      throw damaged;
    }
    return content;
  }

  private void requireSound(long end) throws IOException {
    if (content.getSchemaSize() > MOST_COLUMNS) {
      throw new IOException("it has more than " + MOST_COLUMNS + " columns");
    }
    for (RowGroup group : content.getRow_groups()) {
      if (group.getNum_rows() < 0 || group.getNum_rows() > MOST_ROWS) {
        throw new IOException("a row group is said to have " + group.getNum_rows() + " rows");
      }
      for (ColumnChunk chunk : group.getColumns()) {
        if (!chunk.isSetMeta_data()) {
          throw new IOException("a column is encrypted");
        }
        ColumnMetaData column = chunk.getMeta_data();
        if (begin(column) < MAGIC.length
            || column.getTotal_compressed_size() < 0
            || column.getTotal_compressed_size() > end - begin(column)) {
          throw new IOException("a column is said to lie outside the file");
        }
      }
    }
  }

  private void requireSmallRowGroups(String file) throws InvalidSourceException {
    for (RowGroup group : content.getRow_groups()) {
      long bytes =
          group.getColumns().stream()
              .map(ColumnChunk::getMeta_data)
              .filter(column -> ParquetColumns.NAMES.contains(column.getPath_in_schema().get(0)))
              .mapToLong(ParquetFooter::bytes)
              .sum();
      if (bytes < 0 || bytes > ParquetFiles.LONGEST_ROW_GROUP) {
        throw new InvalidSourceException(
            String.format(
                Locale.ROOT,
                "%s has a row group of %d MiB, the limit is %d; rewrite it with smaller ones",
                file,
                (bytes + (1 << 20) - 1) >> 20,
                ParquetFiles.LONGEST_ROW_GROUP >> 20));
      }
    }
  }

  /** The larger of compressed and uncompressed size, capped so that sums cannot overflow. */
  private static long bytes(ColumnMetaData column) {
    return Math.min(
        Integer.MAX_VALUE,
        Math.max(column.getTotal_compressed_size(), column.getTotal_uncompressed_size()));
  }

  private static long begin(ColumnMetaData column) {
    long dictionary = column.getDictionary_page_offset();
    return dictionary > 0
        ? Math.min(dictionary, column.getData_page_offset())
        : column.getData_page_offset();
  }

  long rows() {
    return content.getRow_groups().stream().mapToLong(RowGroup::getNum_rows).sum();
  }

  /**
   * Divides a file into blocks of one row group each, or of several if rereading the footer for
   * each block would cost too much.
   */
  List<Block> blocks(Block file) {
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < rowGroups(); from += groupsPerBlock(file)) {
      int part = blocks.size();
      blocks.add(file.part(part, part(file, part).rows()));
    }
    return blocks;
  }

  private int groupsPerBlock(Block file) {
    long most = Math.max(1, (file.bytes() / SPARE_PART + SPARE_BYTES) / bytes);
    return (int) ((rowGroups() - 1) / most + 1);
  }

  /** At least 1: a file without row groups is one empty block. */
  private int rowGroups() {
    return Math.max(1, content.getRow_groupsSize());
  }

  /** The footer of a file that has only the row groups of a block, without empty ones. */
  ParquetFooter part(Block block, int part) {
    return of(groups(Math.multiplyExact(part, groupsPerBlock(block)), groupsPerBlock(block)));
  }

  /** The number of rows in the file before a block. */
  long firstRow(Block block) {
    return of(groups(0, Math.multiplyExact(block.part(), groupsPerBlock(block)))).rows();
  }

  private List<RowGroup> groups(int from, int count) {
    return content.getRow_groups().stream()
        .skip(from)
        .limit(count)
        .filter(group -> group.getNum_rows() > 0)
        .toList();
  }

  private ParquetFooter of(List<RowGroup> groups) {
    long rows = groups.stream().mapToLong(RowGroup::getNum_rows).sum();
    FileMetaData some =
        new FileMetaData(content.getVersion(), content.getSchema(), rows, groups)
            .setCreated_by(content.getCreated_by());
    return new ParquetFooter(some, bytes);
  }

  /** The offset in the file at which the row groups' last column ends. */
  long end() {
    return content.getRow_groups().stream()
        .flatMap(group -> group.getColumns().stream())
        .map(ColumnChunk::getMeta_data)
        .mapToLong(column -> begin(column) + column.getTotal_compressed_size())
        .max()
        .orElse(MAGIC.length);
  }

  /** The footer's bytes, as they end a file. */
  byte[] encoded() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writeFileMetaData(content, out);
    byte[] length =
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(out.size())
            .array();
    out.write(length);
    out.write(MAGIC);
    return out.toByteArray();
  }
}
