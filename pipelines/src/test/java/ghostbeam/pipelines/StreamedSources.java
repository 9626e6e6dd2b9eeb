package ghostbeam.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Files of the streamed formats: WebDataset, TFRecord and Parquet. */
public final class StreamedSources {
  private static final MessageType ROW =
      MessageTypeParser.parseMessageType(
          "message row { optional group image { optional binary bytes;"
              + " optional binary path (UTF8); } optional int64 label; }");

  private static final long ROW_GROUP = 400_000;

  private StreamedSources() {}

  /** Each format. */
  public enum Form {
    WEBDATASET {
      @Override
      public byte[] file(List<byte[]> images, IntUnaryOperator label) throws IOException {
        return webDataset(images, label);
      }
    },
    TFRECORD {
      @Override
      public byte[] file(List<byte[]> images, IntUnaryOperator label) {
        return tensorFlowDatasets(images, label);
      }
    },
    PARQUET {
      @Override
      public byte[] file(List<byte[]> images, IntUnaryOperator label) throws IOException {
        return parquet(images, label, ROW_GROUP);
      }
    };

    /** A file of images in their order, each with the label of its number. */
    public abstract byte[] file(List<byte[]> images, IntUnaryOperator label) throws IOException;
  }

  /** A tar of texts by their names. */
  public static byte[] tar(String... namesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        add(tar, namesAndTexts[i], namesAndTexts[i + 1].getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  /** WebDataset: images 000000.jpg and so on with their labels. */
  public static byte[] webDataset(List<byte[]> images, IntUnaryOperator label) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < images.size(); i++) {
        String key = String.format("%06d", i);
        add(tar, key + ".jpg", images.get(i));
        add(tar, key + ".cls", Integer.toString(label.applyAsInt(i)).getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] body) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(body.length);
    tar.putArchiveEntry(entry);
    tar.write(body);
    tar.closeArchiveEntry();
  }

  /** TFRecord: images with their labels, as TensorFlow Datasets keeps them. */
  public static byte[] tensorFlowDatasets(List<byte[]> images, IntUnaryOperator label) {
    return tfRecords(
        IntStream.range(0, images.size())
            .mapToObj(i -> example("image", images.get(i), "label", label.applyAsInt(i)))
            .toList());
  }

  /** Parquet without compression, in row groups of this many bytes. */
  public static byte[] parquet(List<byte[]> images, IntUnaryOperator label, long rowGroup)
      throws IOException {
    Path folder = Files.createTempDirectory("parquet");
    Path file = folder.resolve("rows");
    try {
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new LocalOutputFile(file))
              .withType(ROW)
              .withConf(new PlainParquetConfiguration())
              .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
              .withRowGroupSize(rowGroup)
              .withMinRowCountForPageSizeCheck(1)
              .build()) {
        for (int i = 0; i < images.size(); i++) {
          writer.write(row(images.get(i), i, label.applyAsInt(i)));
        }
      }
      return Files.readAllBytes(file);
    } finally {
      for (Path left : List.of(file, folder.resolve(".rows.crc"), folder)) {
        Files.deleteIfExists(left);
      }
    }
  }

  private static Group row(byte[] image, int number, long label) {
    Group row = new SimpleGroup(ROW);
    Group cell = row.addGroup("image");
    cell.add("bytes", Binary.fromConstantByteArray(image));
    cell.add("path", number + ".jpg");
    row.add("label", label);
    return row;
  }

  /** A tf.train.Example of bytes and a number. */
  public static byte[] example(String image, byte[] bytes, String label, long number) {
    byte[] values = message(1, message(1, bytes));
    byte[] numbers = message(3, message(1, varint(number)));
    byte[] features = concat(message(1, entry(image, values)), message(1, entry(label, numbers)));
    return message(1, features);
  }

  /** The same of a text. */
  public static byte[] example(String image, String bytes, String label, long number) {
    return example(image, bytes.getBytes(UTF_8), label, number);
  }

  private static byte[] entry(String key, byte[] feature) {
    return concat(message(1, key.getBytes(UTF_8)), message(2, feature));
  }

  private static byte[] varint(long value) {
    return coded(out -> out.writeUInt64NoTag(value));
  }

  private static byte[] message(int field, byte[] body) {
    return coded(
        out -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeByteArrayNoTag(body);
        });
  }

  private interface Coding {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] coded(Coding coding) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      coding.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  /** A TFRecord file. */
  public static byte[] tfRecords(List<byte[]> records) {
    int bytes = records.stream().mapToInt(record -> record.length + 16).sum();
    ByteBuffer file = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] record : records) {
      int begin = file.position();
      file.putLong(record.length);
      file.putInt(maskedCrc(Arrays.copyOfRange(file.array(), begin, begin + 8)));
      file.put(record).putInt(maskedCrc(record));
    }
    return file.array();
  }

  /** The checksum of a TFRecord's parts. */
  public static int maskedCrc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
