package ghostbeam.transforms.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Reads the rows of part of a Parquet file, one row group at a time. */
final class ParquetRows {
  private static final Pattern WNID = Pattern.compile("(?<![A-Za-z0-9])n\\d{8}(?!\\d)");

  private final Block block;
  private final ParquetFileReader reader;
  private final MessageType schema;
  private final ParquetColumns columns;
  private final boolean withImages;
  private long position;

  /**
   * Reads rows.
   *
   * @param reader of the part
   * @param firstRow index in the file of the part's first row
   */
  ParquetRows(Block block, ParquetFileReader reader, boolean withImages, long firstRow)
      throws InvalidSourceException {
    this.block = block;
    this.reader = reader;
    this.withImages = withImages;
    this.position = firstRow;
    MessageType all = reader.getFooter().getFileMetaData().getSchema();
    this.columns = ParquetColumns.of(block.path(), all);
    this.schema = columns.projected(all, withImages);
  }

  void read(StreamedFormat.Sink sink) throws IOException {
    reader.setRequestedSchema(schema);
    for (BlockMetaData group : reader.getRowGroups()) {
      requireSound(group);
    }
    PageReadStore pages = reader.readNextRowGroup();
    while (pages != null && read(pages, sink)) {
      pages = reader.readNextRowGroup();
    }
  }

  private void requireSound(BlockMetaData group) throws IOException {
    for (ColumnChunkMetaData chunk : group.getColumns()) {
      if (schema.containsPath(chunk.getPath().toArray())
          && chunk.getValueCount() != group.getRowCount()) {
        throw new IOException(
            "a column has %d values for %d rows"
                .formatted(chunk.getValueCount(), group.getRowCount()));
      }
    }
  }

  private boolean read(PageReadStore pages, StreamedFormat.Sink sink) throws IOException {
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            pages,
            new GroupRecordConverter(schema).getRootConverter(),
            schema,
            reader.getFooter().getFileMetaData().getCreatedBy());
    Cells images = withImages ? cells(store, columns.bytes()) : null;
    Cells labels = cells(store, columns.label());
    Cells paths = columns.path().isPresent() ? cells(store, columns.path().get()) : null;
    for (long row = 0; row < pages.getRowCount(); row++) {
      byte[] image = withImages ? images.bytes() : new byte[0];
      byte[] path = paths == null ? null : paths.bytes();
      if (!sink.take(row(image, labels.number(), path == null ? "" : new String(path, UTF_8)))) {
        return false;
      }
      position++;
    }
    return true;
  }

  private static Cells cells(ColumnReadStoreImpl store, ColumnDescriptor column) {
    return new Cells(column, store.getColumnReader(column));
  }

  private StreamedRecord row(byte[] image, long label, String path) {
    String key = block.name() + "#" + position;
    if (image == null) {
      return StreamedRecord.faulty(position, key, "has no image");
    }
    String name = FileNames.last(path);
    return new StreamedRecord(
        position,
        key,
        name.isEmpty() ? FileNames.stem(block.name()) + "-" + position : name,
        image,
        new RawLabel(label, 0, wnid(name)),
        "");
  }

  /** The last wnid: a validation image's name ends with its class. */
  private static String wnid(String name) {
    Matcher matcher = WNID.matcher(name.replace('_', ' '));
    String last = "";
    while (matcher.find()) {
      last = matcher.group();
    }
    return last;
  }

  /** Iterates over a column's values, one per row. */
  private record Cells(ColumnDescriptor column, ColumnReader values) {

    /** The next value; null if the row has none. */
    byte[] bytes() {
      byte[] value = isDefined() ? values.getBinary().getBytes() : null;
      values.consume();
      return value;
    }

    /** The next value; {@link RawLabel#NONE} if the row has none. */
    long number() {
      long value = RawLabel.NONE;
      if (isDefined()) {
        boolean isShort =
            column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
        value = isShort ? values.getInteger() : values.getLong();
      }
      values.consume();
      return value;
    }

    private boolean isDefined() {
      return values.getCurrentDefinitionLevel() == column.getMaxDefinitionLevel();
    }
  }
}
