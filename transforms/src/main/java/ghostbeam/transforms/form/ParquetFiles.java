package ghostbeam.transforms.form;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Parquet files as Hugging Face's data sets have them: {@code image}, bytes or a struct of bytes
 * and path, and {@code label}, a number from 0. The wnid in an image's path, such as {@code
 * n01440764_10026_n01440764.JPEG}, is the class's name. Holds one row group at a time.
 */
final class ParquetFiles implements StreamedForm {
  private static final byte[] MAGIC = "PAR1".getBytes(US_ASCII);

  /** Longest row group that is read, of the columns that are, packed or not, in bytes. */
  private static final int LONGEST_ROW_GROUP = 256 << 20;

  private static final Pattern WNID = Pattern.compile("(?<![A-Za-z0-9])n\\d{8}(?!\\d)");

  @Override
  public String flag() {
    return "parquet";
  }

  @Override
  public String title() {
    return "Parquet files";
  }

  @Override
  public boolean fits(Storage storage, Storage.Entry file) throws IOException {
    return Arrays.equals(MAGIC, Magic.first(storage, file, MAGIC.length));
  }

  /** What the files' footers say. */
  @Override
  public OptionalLong count(Storage storage, List<Block> files, String split) throws IOException {
    long rows = 0;
    for (Block file : files) {
      try (ParquetFileReader reader = open(storage, file)) {
        rows += reader.getRecordCount();
      } catch (IOException e) {
        throw String.valueOf(e.getMessage()).contains(file.name()) ? e : damaged(file, e);
      } catch (RuntimeException e) {
        throw damaged(file, e);
      }
    }
    return OptionalLong.of(rows);
  }

  private static ParquetFileReader open(Storage storage, Block block) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs(LONGEST_ROW_GROUP))
            .usePageChecksumVerification(true)
            .build();
    return ParquetFileReader.open(new ParquetInput(storage, block), options);
  }

  @Override
  public void read(Storage storage, Block block, Sink sink) throws IOException {
    read(storage, block, true, sink);
  }

  /** Without the images, since a row group is read whole. */
  @Override
  public void peek(Storage storage, Block block, Sink sink) throws IOException {
    read(storage, block, false, sink);
  }

  private static void read(Storage storage, Block block, boolean withImages, Sink sink)
      throws IOException {
    Watched watched = new Watched(sink);
    try (ParquetFileReader reader = open(storage, block)) {
      new Reading(block, reader, withImages).read(watched);
    } catch (IOException e) {
      boolean told = e == watched.thrown || String.valueOf(e.getMessage()).contains(block.name());
      throw told ? e : damaged(block, e);
    } catch (RuntimeException e) {
      if (e == watched.thrown) {
        throw e;
      }
      throw damaged(block, e);
    }
  }

  /** The library's words, in one line. */
  private static IOException damaged(Block block, Exception e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    String words = last.getMessage() == null ? last.toString() : last.getMessage();
    return new IOException(
        "%s cannot be read as Parquet: %s; copy or download it again"
            .formatted(block.path(), FileNames.shown(words.lines().findFirst().orElse(""))),
        e);
  }

  /** Remembers what the sink threw: a full disk or a cancelled job is no damage of the file. */
  private static final class Watched implements Sink {
    private final Sink sink;
    private Exception thrown;

    Watched(Sink sink) {
      this.sink = sink;
    }

    @Override
    public boolean take(StreamedRecord row) throws IOException {
      try {
        return sink.take(row);
      } catch (IOException | RuntimeException e) {
        thrown = e;
        throw e;
      }
    }
  }

  /** A file on its way from row group to row group. */
  private static final class Reading {
    private final Block block;
    private final ParquetFileReader reader;
    private final MessageType schema;
    private final ParquetColumns columns;
    private final boolean withImages;
    private long position;

    Reading(Block block, ParquetFileReader reader, boolean withImages) throws UnfitSourceException {
      this.block = block;
      this.reader = reader;
      this.withImages = withImages;
      MessageType all = reader.getFooter().getFileMetaData().getSchema();
      this.columns = ParquetColumns.of(block.path(), all);
      this.schema = columns.projected(all, withImages);
    }

    void read(Sink sink) throws IOException {
      reader.setRequestedSchema(schema);
      for (BlockMetaData group : reader.getRowGroups()) {
        requireShort(group);
      }
      // The reader passes over empty row groups, so that there may be fewer than the footer lists.
      PageReadStore pages = reader.readNextRowGroup();
      while (pages != null && read(pages, sink)) {
        pages = reader.readNextRowGroup();
      }
    }

    private void requireShort(BlockMetaData group) throws UnfitSourceException {
      long bytes = 0;
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        if (schema.containsPath(chunk.getPath().toArray())) {
          bytes += Math.max(chunk.getTotalSize(), chunk.getTotalUncompressedSize());
        }
      }
      if (bytes < 0 || bytes > LONGEST_ROW_GROUP) {
        throw new UnfitSourceException(
            String.format(
                Locale.ROOT,
                "%s has a row group of %,d MiB, the limit is %,d; write it again with smaller ones",
                block.path(),
                bytes >> 20,
                LONGEST_ROW_GROUP >> 20));
      }
    }

    private boolean read(PageReadStore pages, Sink sink) throws IOException {
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
          new ClassMark(label, 0, wnid(name)),
          "");
    }

    /** The last one, since a validation image's name has its class behind its number. */
    private static String wnid(String name) {
      Matcher matcher = WNID.matcher(name.replace('_', ' '));
      String last = "";
      while (matcher.find()) {
        last = matcher.group();
      }
      return last;
    }
  }

  /** A column's values, row by row. */
  private record Cells(ColumnDescriptor column, ColumnReader values) {

    /** Null where the row has none. */
    byte[] bytes() {
      byte[] value = isThere() ? values.getBinary().getBytes() : null;
      values.consume();
      return value;
    }

    /** {@link ClassMark#NONE} where the row has none. */
    long number() {
      long value = ClassMark.NONE;
      if (isThere()) {
        boolean isShort =
            column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
        value = isShort ? values.getInteger() : values.getLong();
      }
      values.consume();
      return value;
    }

    private boolean isThere() {
      return values.getCurrentDefinitionLevel() == column.getMaxDefinitionLevel();
    }
  }
}
