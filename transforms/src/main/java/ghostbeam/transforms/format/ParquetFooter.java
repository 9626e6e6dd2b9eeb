package ghostbeam.transforms.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Ranges;
import ghostbeam.transforms.source.UnfitSourceException;
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
 * What the end of a Parquet file says: its columns, and where its row groups lie. Read here rather
 * than by the library, which allocates what a damaged footer asks for.
 *
 * @param content as Parquet writes it
 * @param bytes that it takes in the file
 */
record ParquetFooter(FileMetaData content, int bytes) {
  private static final byte[] MAGIC = "PAR1".getBytes(US_ASCII);

  /** The footer's length and the magic, which end a file. */
  private static final int TAIL = Integer.BYTES + MAGIC.length;

  private static final int LONGEST = 16 << 20;

  /** Columns and their folders, which the library walks by recursion. */
  private static final int MOST_COLUMNS = 1_000;

  /** Rows of a row group; real ones have some hundred thousand at most. */
  private static final int MOST_ROWS = 1 << 24;

  /** What each file may be read more for the sake of its blocks' footers, and by which part. */
  private static final int SPARE_BYTES = 256 << 10;

  private static final int SPARE_PART = 50;

  /** Whether a file's first bytes are Parquet's. */
  static boolean begins(Storage storage, Storage.Entry file) throws IOException {
    return Arrays.equals(MAGIC, Magic.first(storage, file, MAGIC.length));
  }

  /** Reads a whole file's; one that cannot be is an {@link IOException} that says what of it. */
  static ParquetFooter read(Storage storage, Storage.Entry file) throws IOException {
    long end = file.bytes() - TAIL;
    if (end < MAGIC.length) {
      throw new IOException("it is too short");
    }
    try (SeekableByteChannel channel = storage.open(file)) {
      byte[] tail = Ranges.read(channel, end, TAIL);
      if (!new String(tail, US_ASCII).endsWith(new String(MAGIC, US_ASCII))) {
        throw new IOException("it does not end as such a file does");
      }
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (length < 0 || length > end - MAGIC.length || length > LONGEST) {
        throw new IOException("its footer is said to have " + length + " bytes");
      }
      FileMetaData content = parse(Ranges.read(channel, end - length, length));
      ParquetFooter footer = new ParquetFooter(content, length + TAIL);
      footer.requireSound(end - length);
      footer.requireShort(file.path());
      return footer;
    }
  }

  private static FileMetaData parse(byte[] footer) throws IOException {
    FileMetaData content = new FileMetaData();
    try {
      // No list or text can have more items than the footer has bytes.
      TConfiguration limits =
          new TConfiguration(footer.length, footer.length, TConfiguration.DEFAULT_RECURSION_DEPTH);
      content.read(
          new TCompactProtocol(
              new TIOStreamTransport(limits, new ByteArrayInputStream(footer)),
              footer.length,
              footer.length));
    } catch (TException e) {
      IOException damaged = new IOException("its footer is damaged");
      damaged.addSuppressed(e); // the library's words, of use to nobody who has only the file
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
          throw new IOException("a column is said to lie outside of it");
        }
      }
    }
  }

  private void requireShort(String file) throws UnfitSourceException {
    for (RowGroup group : content.getRow_groups()) {
      long bytes =
          group.getColumns().stream()
              .map(ColumnChunk::getMeta_data)
              .filter(column -> ParquetColumns.NAMES.contains(column.getPath_in_schema().get(0)))
              .mapToLong(ParquetFooter::bytes)
              .sum();
      if (bytes < 0 || bytes > ParquetFiles.LONGEST_ROW_GROUP) {
        throw new UnfitSourceException(
            String.format(
                Locale.ROOT,
                "%s has a row group of %d MiB, the limit is %d; write it again with smaller ones",
                file,
                (bytes + (1 << 20) - 1) >> 20,
                ParquetFiles.LONGEST_ROW_GROUP >> 20));
      }
    }
  }

  /** Packed or not, whichever is more; too many are as many as there can be. */
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
   * A file as blocks of its row groups, of one each, or of more where the footer, which each block
   * reads, would be read too often.
   */
  List<Block> blocks(Block file) {
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < rowGroups(); from += groupsEach(file)) {
      int part = blocks.size();
      blocks.add(file.part(part, part(file, part).rows()));
    }
    return blocks;
  }

  private int groupsEach(Block file) {
    long most = Math.max(1, (file.bytes() / SPARE_PART + SPARE_BYTES) / bytes);
    return (int) ((rowGroups() - 1) / most + 1);
  }

  /** A file without any is one block without rows. */
  private int rowGroups() {
    return Math.max(1, content.getRow_groupsSize());
  }

  /**
   * What the footer of a file would be that had a block's row groups alone, empty ones left out.
   */
  ParquetFooter part(Block block, int part) {
    return of(groups(Math.multiplyExact(part, groupsEach(block)), groupsEach(block)));
  }

  /** How many rows of the file come before a block's. */
  long firstRow(Block block) {
    return of(groups(0, Math.multiplyExact(block.part(), groupsEach(block)))).rows();
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

  /** Where the last column of its row groups ends in the file. */
  long end() {
    return content.getRow_groups().stream()
        .flatMap(group -> group.getColumns().stream())
        .map(ColumnChunk::getMeta_data)
        .mapToLong(column -> begin(column) + column.getTotal_compressed_size())
        .max()
        .orElse(MAGIC.length);
  }

  /** What ends a file. */
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
