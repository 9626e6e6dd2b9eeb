package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import ghostbeam.transforms.source.SourceArchives;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

/** Files in streamed formats, written without the classes under test. */
public final class StreamedFiles {
  private StreamedFiles() {}

  /** A tar with {@code key.jpg} and {@code key.cls} for each image. */
  public static Path webDataset(Path tar, Map<String, byte[]> images, Map<String, Integer> labels)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    images.forEach((key, bytes) -> files.put(key + ".jpg", bytes));
    labels.forEach((key, label) -> files.put(key + ".cls", (label + "\n").getBytes(UTF_8)));
    return SourceArchives.tar(tar, files);
  }

  /** A Parquet file as in Hugging Face datasets, written by DuckDB. */
  public static Path parquet(
      Path file, List<byte[]> images, List<Integer> labels, List<String> paths) {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("create table t (i integer, b blob, p varchar, label bigint)");
      try (PreparedStatement row = duck.prepareStatement("insert into t values (?, ?, ?, ?)")) {
        for (int i = 0; i < images.size(); i++) {
          row.setInt(1, i);
          row.setBytes(2, images.get(i));
          row.setString(3, paths.get(i));
          row.setLong(4, labels.get(i));
          row.execute();
        }
      }
      statement.execute(
          "copy (select {'bytes': b, 'path': p} as image, label from t order by i) to '%s'"
                  .formatted(file)
              + " (format parquet, compression snappy)");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return file;
  }

  /** Merges Parquet files, which are deleted, into one with all their row groups in order. */
  public static Path joined(Path file, List<Path> parts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write("PAR1".getBytes(UTF_8));
    FileMetaData all = null;
    for (Path part : parts) {
      byte[] bytes = Files.readAllBytes(part);
      Files.delete(part);
      int end = bytes.length - 8;
      int begin = end - ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
      FileMetaData footer =
          Util.readFileMetaData(new ByteArrayInputStream(bytes, begin, end - begin));
      for (RowGroup group : footer.getRow_groups()) {
        move(group, out.size() - 4);
      }
      out.write(bytes, 4, begin - 4);
      if (all == null) {
        all = footer;
      } else {
        all.getRow_groups().addAll(footer.getRow_groups());
        all.setNum_rows(all.getNum_rows() + footer.getNum_rows());
      }
    }
    int begin = out.size();
    Util.writeFileMetaData(all, out);
    byte[] length =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(out.size() - begin).array();
    out.write(length);
    out.write("PAR1".getBytes(UTF_8));
    return Files.write(file, out.toByteArray());
  }

  private static void move(RowGroup group, long by) {
    for (ColumnChunk chunk : group.getColumns()) {
      ColumnMetaData column = chunk.getMeta_data();
      column.setData_page_offset(column.getData_page_offset() + by);
      if (column.getDictionary_page_offset() > 0) {
        column.setDictionary_page_offset(column.getDictionary_page_offset() + by);
      }
    }
  }

  /** A TFRecord file. */
  public static Path tfRecords(Path file, List<byte[]> records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] record : records) {
      byte[] length =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(record.length).array();
      out.write(length);
      out.write(masked(length));
      out.write(record);
      out.write(masked(record));
    }
    return Files.write(file, out.toByteArray());
  }

  private static byte[] masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    long value = crc.getValue();
    long masked = (((value >>> 15) | (value << 17)) & 0xFFFFFFFFL) + 0xa282ead8L;
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) masked).array();
  }

  /** As written by Inception's script, with labels from 1. */
  public static byte[] inception(byte[] image, long label, String synset, String filename) {
    return example(
        Map.of(
            "image/encoded", bytes(image),
            "image/class/label", number(label),
            "image/class/synset", bytes(synset.getBytes(UTF_8)),
            "image/filename", bytes(filename.getBytes(UTF_8)),
            "image/object/bbox/label", number(label)));
  }

  /** As written by TensorFlow Datasets, with labels from 0. */
  public static byte[] tensorFlowDatasets(byte[] image, long label, String filename) {
    return example(
        Map.of(
            "image", bytes(image),
            "label", number(label),
            "file_name", bytes(filename.getBytes(UTF_8))));
  }

  /** An example with these features. */
  static byte[] example(Map<String, Feature> features) {
    return Example.newBuilder()
        .setFeatures(Features.newBuilder().putAllFeature(features))
        .build()
        .toByteArray();
  }

  static Feature bytes(byte[] value) {
    return Feature.newBuilder()
        .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFrom(value)))
        .build();
  }

  static Feature number(long value) {
    return Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(value)).build();
  }
}
