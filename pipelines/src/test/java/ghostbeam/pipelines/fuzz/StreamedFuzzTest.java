package ghostbeam.pipelines.fuzz;

import static ghostbeam.pipelines.fuzz.Damage.fields;
import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.StreamedSources;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.format.StreamedFormat;
import ghostbeam.transforms.format.StreamedRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WebDataset tars, TFRecord and Parquet files, damaged: told, divided into blocks, and read. */
final class StreamedFuzzTest {
  private static final int OVERHEAD = 4 << 20;
  private static final int MOST_BYTES_A_BYTE = 1_000;

  /** Fewer than of other fuzzes, since each file is opened some three times. */
  private static final int SHORT = Fuzz.SHORT / 2;

  /** The library takes up to 100 MB for what a damaged page header says. */
  private static final long ROOM_OF_THE_LIBRARY = 128L << 20;

  @Test
  void readsOrRefusesWebDatasets() throws Exception {
    webDatasets().run(SHORT);
  }

  @Test
  void readsOrRefusesTfRecords() throws Exception {
    tfRecords().run(SHORT);
  }

  @Test
  void readsOrRefusesParquetFiles() throws Exception {
    parquetFiles().run(SHORT);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreWebDatasets() throws Exception {
    webDatasets().run(Fuzz.LONG);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreTfRecords() throws Exception {
    tfRecords().run(Fuzz.LONG);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreParquetFiles() throws Exception {
    parquetFiles().run(Fuzz.LONG);
  }

  private static Fuzz<byte[]> webDatasets() throws IOException {
    read(
        SourceFormats.of("webdataset"),
        StreamedSources.tar("a.jpg", "a", "a.cls", "1")); // loads classes
    String lengthy = "d/" + "x".repeat(120);
    Damage damage =
        new Damage(
            List.of(
                StreamedSources.tar("a.jpg", "one", "a.cls", "1", "b.jpg", "two", "b.cls", "2"),
                StreamedSources.tar(
                    lengthy + ".png", "one", lengthy + ".json", "{\"label\": 7, \"a\": []}"),
                StreamedSources.tar("c.txt", "no", "c.jpg", "x".repeat(700), "c.cls", "0")),
            ArchiveFuzzTest.trustedOfTars());
    return fuzz(
        "webdataset",
        i -> {
          Dice dice = new Dice(41, i);
          byte[] file = damage.apply(dice);
          return dice.oneIn(10) ? file : ArchiveFuzzTest.withChecksums(file);
        },
        0);
  }

  private static Fuzz<byte[]> tfRecords() {
    Damage records =
        new Damage(
            List.of(
                StreamedSources.example("image", "abc", "label", 3),
                StreamedSources.example("image/encoded", "abc", "image/class/label", 900)),
            List.of());
    Damage files = new Damage(List.of(StreamedSources.tfRecords(records.corpus())), List.of());
    return fuzz(
        "tfrecord",
        i -> {
          Dice dice = new Dice(42, i);
          if (dice.oneIn(3)) {
            return files.apply(dice);
          }
          List<byte[]> some = new ArrayList<>();
          for (int record = 0; record < 3; record++) {
            some.add(dice.oneIn(2) ? dice.of(records.corpus()) : records.apply(dice));
          }
          byte[] file = StreamedSources.tfRecords(some);
          return dice.oneIn(3) ? withLength(file, dice) : file;
        },
        StreamedFormat.LONGEST_RECORD);
  }

  /** Another length of the first record, whose checksum holds. */
  private static byte[] withLength(byte[] file, Dice dice) {
    long length = dice.oneIn(2) ? dice.extreme() : dice.below(2 * file.length);
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    header.putInt(Long.BYTES, StreamedSources.maskedCrc(Arrays.copyOf(file, Long.BYTES)));
    return file;
  }

  private static Fuzz<byte[]> parquetFiles() throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    for (int rowGroup : List.of(30, 1 << 20)) {
      corpus.add(
          StreamedSources.parquet(
              List.of("one".getBytes(UTF_8), "two".getBytes(UTF_8), "three".getBytes(UTF_8)),
              i -> i,
              rowGroup));
    }
    Damage anywhere = new Damage(corpus, fields("PAR1", true, 4, -4));
    return fuzz(
        "parquet",
        i -> {
          Dice dice = new Dice(43, i);
          return dice.oneIn(3) ? anywhere.apply(dice) : withFooter(dice.of(corpus), dice);
        },
        ROOM_OF_THE_LIBRARY);
  }

  /** A damaged footer whose length holds; often one that can be parsed. */
  private static byte[] withFooter(byte[] file, Dice dice) {
    int end = file.length - 8;
    int begin = end - ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    byte[] footer =
        dice.oneIn(2)
            ? new Damage(List.of(Arrays.copyOfRange(file, begin, end)), List.of()).apply(dice)
            : otherNumbers(Arrays.copyOfRange(file, begin, end), dice);
    ByteBuffer whole =
        ByteBuffer.allocate(begin + footer.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    whole.put(file, 0, begin).put(footer).putInt(footer.length).put("PAR1".getBytes(UTF_8));
    return whole.array();
  }

  private static byte[] otherNumbers(byte[] footer, Dice dice) {
    try {
      FileMetaData content = Util.readFileMetaData(new ByteArrayInputStream(footer));
      var group = content.getRow_groups().get(dice.below(content.getRow_groupsSize()));
      var column = group.getColumns().get(dice.below(group.getColumnsSize())).getMeta_data();
      switch (dice.below(7)) {
        case 0 -> group.setNum_rows(dice.extreme());
        case 1 -> column.setNum_values(dice.extreme());
        case 2 -> column.setTotal_compressed_size(dice.extreme());
        case 3 -> column.setTotal_uncompressed_size(dice.extreme());
        case 4 -> column.setData_page_offset(dice.below(2 * footer.length));
        case 5 -> column.setDictionary_page_offset(dice.below(2 * footer.length));
        default ->
            content
                .getSchema()
                .get(dice.below(content.getSchemaSize()))
                .setNum_children((int) dice.extreme());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Util.writeFileMetaData(content, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Fuzz<byte[]> fuzz(String form, LongFunction<byte[]> inputs, long room) {
    return new Fuzz<>(
        form,
        inputs,
        file -> read(SourceFormats.of(form), file),
        List.of(IOException.class),
        file -> OVERHEAD + room + (long) MOST_BYTES_A_BYTE * file.length);
  }

  private static void read(StreamedFormat form, byte[] file) throws IOException {
    String path = "/in/train-0";
    HeldStorage storage = new HeldStorage().put(path, file);
    Storage.Entry entry = storage.find(path).orElseThrow();
    if (!form.fits(storage, entry)) {
      throw new IOException("not of this form");
    }
    long position = -1;
    for (Block block : form.blocks(storage, Block.of(entry, "train-0"))) {
      form.peek(storage, block, row -> true);
      position = new Checked(position).read(form, storage, block);
    }
  }

  /** Records come in their order, each once. */
  private static final class Checked implements StreamedFormat.Sink {
    private long position;

    Checked(long position) {
      this.position = position;
    }

    long read(StreamedFormat form, Storage storage, Block block) throws IOException {
      form.read(storage, block, this);
      return position;
    }

    @Override
    public boolean take(StreamedRecord row) {
      if (row.position() != position + 1) {
        throw new IllegalStateException(row.position() + " follows " + position);
      }
      position++;
      return true;
    }
  }
}
