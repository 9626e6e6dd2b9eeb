package ghostbeam.pipelines.preprocess;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.CodedOutputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The same images in each format of source, as other programs write them: without using the classes
 * that read them, in constant memory.
 */
final class WrittenSources {
  private WrittenSources() {}

  /** Images by number, from 0. */
  interface Images {
    int count();

    byte[] bytes(int image) throws IOException;

    /** From 0. */
    int label(int image);
  }

  /** A format of source; {@link #write} gives the path that {@code --input} takes. */
  enum Form {
    ZIP(".zip", 1),
    WEB_DATASET(".tar", 16),
    TF_RECORD(".tfrecord", 16),
    PARQUET(".parquet", 16);

    private final String ending;
    private final int files;

    Form(String ending, int files) {
      this.ending = ending;
      this.files = files;
    }

    /** Writes its files into a folder that it makes. */
    Path write(Path folder, Images images) throws IOException {
      Files.createDirectories(folder);
      for (int file = 0; file < files; file++) {
        write(
            folder.resolve("train-%05d-of-%05d%s".formatted(file, files, ending)),
            images,
            first(file, images),
            first(file + 1, images));
      }
      return files == 1 ? folder.resolve("train-00000-of-00001" + ending) : folder;
    }

    private void write(Path file, Images images, int from, int to) throws IOException {
      switch (this) {
        case ZIP -> zip(file, images, from, to);
        case WEB_DATASET -> webDataset(file, images, from, to);
        case TF_RECORD -> tfRecords(file, images, from, to);
        case PARQUET -> parquet(file, images, from, to);
      }
    }

    private int first(int file, Images images) {
      return (int) ((long) images.count() * file / files);
    }
  }

  private static String wnid(int label) {
    return "n%08d".formatted(label);
  }

  private static OutputStream create(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
  }

  /** Class folders, stored without compression, as in effect in Kaggle's zip. */
  private static void zip(Path file, Images images, int from, int to) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(create(file))) {
      out.setMethod(ZipOutputStream.STORED);
      for (int i = from; i < to; i++) {
        byte[] image = images.bytes(i);
        String wnid = wnid(images.label(i));
        ZipEntry entry = new ZipEntry("%s/%s_%d.JPEG".formatted(wnid, wnid, i));
        CRC32 crc = new CRC32();
        crc.update(image);
        entry.setCrc(crc.getValue());
        entry.setSize(image.length);
        out.putNextEntry(entry);
        out.write(image);
        out.closeEntry();
      }
    }
  }

  private static void webDataset(Path file, Images images, int from, int to) throws IOException {
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(create(file))) {
      for (int i = from; i < to; i++) {
        add(out, "%08d.cls".formatted(i), Integer.toString(images.label(i)).getBytes(US_ASCII));
        add(out, "%08d.jpg".formatted(i), images.bytes(i));
      }
    }
  }

  private static void add(TarArchiveOutputStream out, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    out.putArchiveEntry(entry);
    out.write(bytes);
    out.closeArchiveEntry();
  }

  /** With Inception's keys, labels from 1. */
  private static void tfRecords(Path file, Images images, int from, int to) throws IOException {
    try (OutputStream out = create(file)) {
      for (int i = from; i < to; i++) {
        byte[] record = inception(images.bytes(i), images.label(i), i);
        ByteBuffer framed = ByteBuffer.allocate(record.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        framed.putLong(record.length).putInt(masked(framed.array(), 0, 8)).put(record);
        framed.putInt(masked(framed.array(), 12, record.length));
        out.write(framed.array());
      }
    }
  }

  private static int masked(byte[] bytes, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  /** A tf.train.Example: a map in field 1 of a message that is the outer one's field 1. */
  private static byte[] inception(byte[] image, int label, int number) throws IOException {
    String wnid = wnid(label);
    ByteArrayOutputStream features = new ByteArrayOutputStream();
    CodedOutputStream to = CodedOutputStream.newInstance(features);
    feature(to, "image/encoded", message(1, message(1, image)));
    feature(to, "image/class/synset", message(1, text(wnid)));
    feature(to, "image/filename", message(1, text(wnid + "_" + number + ".JPEG")));
    feature(to, "image/class/label", message(3, int64List(label + 1L)));
    to.flush();
    return message(1, features.toByteArray());
  }

  /** An entry of the map: its key and, as its value, a list in the field of its kind. */
  private static void feature(CodedOutputStream to, String key, byte[] value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream entry = CodedOutputStream.newInstance(bytes);
    entry.writeString(1, key);
    entry.writeByteArray(2, value);
    entry.flush();
    to.writeByteArray(1, bytes.toByteArray());
  }

  private static byte[] text(String text) throws IOException {
    return message(1, text.getBytes(US_ASCII));
  }

  private static byte[] int64List(long value) throws IOException {
    byte[] packed = new byte[CodedOutputStream.computeInt64SizeNoTag(value)];
    CodedOutputStream.newInstance(packed).writeInt64NoTag(value);
    return message(1, packed);
  }

  private static byte[] message(int field, byte[] value) throws IOException {
    byte[] bytes = new byte[CodedOutputStream.computeByteArraySize(field, value)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(field, value);
    out.checkNoSpaceLeft();
    return bytes;
  }

  /** One uncompressed row group a file, by DuckDB. */
  private static void parquet(Path file, Images images, int from, int to) throws IOException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("create table t (i integer, b blob, p varchar, label bigint)");
      try (PreparedStatement row = duck.prepareStatement("insert into t values (?, ?, ?, ?)")) {
        for (int i = from; i < to; i++) {
          row.setInt(1, i);
          row.setBytes(2, images.bytes(i));
          row.setString(3, i + "_" + wnid(images.label(i)) + ".JPEG");
          row.setLong(4, images.label(i));
          row.execute();
        }
      }
      statement.execute(
          "copy (select {'bytes': b, 'path': p} as image, label from t order by i) to '%s'"
                  .formatted(file)
              + " (format parquet, compression uncompressed)");
    } catch (SQLException e) {
      throw new IOException(file.toString(), e);
    }
  }

  /** Images of files, each with the label of its folder among all folders' names. */
  static Images of(List<Path> files) {
    List<String> classes = files.stream().map(WrittenSources::folder).distinct().sorted().toList();
    return new Images() {
      @Override
      public int count() {
        return files.size();
      }

      @Override
      public byte[] bytes(int image) throws IOException {
        return Files.readAllBytes(files.get(image));
      }

      @Override
      public int label(int image) {
        return classes.indexOf(folder(files.get(image)));
      }
    };
  }

  /** The names of the classes that images have, as {@code --classes} takes them. */
  static Path classes(Path file, Images images) throws IOException {
    int classes = 1 + IntStream.range(0, images.count()).map(images::label).max().orElse(0);
    return Files.write(file, IntStream.range(0, classes).mapToObj(WrittenSources::wnid).toList());
  }

  private static String folder(Path file) {
    return file.getParent().getFileName().toString();
  }
}
