package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;

/**
 * Parquet files as in Hugging Face datasets: {@code image}, bytes or a struct of bytes and path,
 * and {@code label}, an integer from 0. The wnid in an image's path, such as {@code
 * n01440764_10026_n01440764.JPEG}, is the class name. A block is one or more consecutive row
 * groups; one row group is in memory at a time.
 */
final class ParquetFiles implements StreamedFormat {
  /** Limit in bytes for a row group's columns that are read, both compressed and uncompressed. */
  static final int LONGEST_ROW_GROUP = 128 << 20;

  @Override
  public String name() {
    return "parquet";
  }

  @Override
  public String title() {
    return "Parquet files";
  }

  @Override
  public boolean fits(Storage storage, Storage.Entry file) throws IOException {
    return ParquetFooter.begins(storage, file);
  }

  @Override
  public List<Block> blocks(Storage storage, Block file) throws IOException {
    try {
      return ParquetFooter.read(storage, file.file()).blocks(file);
    } catch (IOException | RuntimeException e) {
      throw unreadable(file, e);
    }
  }

  @Override
  public void read(Storage storage, Block block, Sink sink) throws IOException {
    read(storage, block, true, sink);
  }

  /** Skips the image column, since a row group is read as a whole. */
  @Override
  public void peek(Storage storage, Block block, Sink sink) throws IOException {
    read(storage, block, false, sink);
  }

  private static void read(Storage storage, Block block, boolean withImages, Sink sink)
      throws IOException {
    Watched watched = new Watched(sink);
    try {
      ParquetFooter footer = ParquetFooter.read(storage, block.file());
      ParquetInput input = ParquetInput.open(storage, block, footer.part(block, block.part()));
      try (ParquetFileReader reader = ParquetFileReader.open(input, options())) {
        new ParquetRows(block, reader, withImages, footer.firstRow(block)).read(watched);
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      if (e == watched.thrown) {
        throw e;
      }
      throw unreadable(block, e);
    }
  }

  private static ParquetReadOptions options() {
    return ParquetReadOptions.builder(new PlainParquetConfiguration())
        .withCodecFactory(new ParquetCodecs(LONGEST_ROW_GROUP))
        .withMaxAllocationInBytes(LONGEST_ROW_GROUP) // a page in one buffer is not copied
        .usePageChecksumVerification(true)
        .build();
  }

  /** Names the file and gives the root cause's message in one line. */
  private static IOException unreadable(Block block, Throwable e) {
    if (e instanceof IOException known
        && String.valueOf(known.getMessage()).contains(block.name())) {
      return known;
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = root.getMessage() == null ? root.toString() : root.getMessage();
    if (e instanceof OutOfMemoryError) {
      reason = "its row groups need more memory than is available, or it is damaged";
    }
    return new IOException(
        "%s cannot be read as Parquet: %s; copy or download it again"
            .formatted(block.path(), FileNames.shown(reason.lines().findFirst().orElse(""))),
        e);
  }

  /** Remembers what the sink threw: a full disk or a cancelled job is not the file's fault. */
  private static final class Watched implements Sink {
    private final Sink sink;
    private Throwable thrown;

    Watched(Sink sink) {
      this.sink = sink;
    }

    @Override
    public boolean take(StreamedRecord row) throws IOException {
      try {
        return sink.take(row);
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        thrown = e;
        throw e;
      }
    }
  }
}
