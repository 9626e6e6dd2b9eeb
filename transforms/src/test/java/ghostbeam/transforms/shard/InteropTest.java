package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.Preparation.Encoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TFRecordIO;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/** Reads our shards with Beam's TFRecordIO and TensorFlow's classes. */
class InteropTest {
  private static final Map<String, byte[]> IMAGES = new TreeMap<>();

  @TempDir Path temporary;

  @BeforeEach
  void makeImages() throws IOException {
    for (int i = 0; i < 11; i++) {
      IMAGES.put(String.format("n%d/ä%03d.JPEG", i % 3, i), Pictures.jpeg(20 + i, 30, i));
    }
    IMAGES.put("n1/grey.JPEG", Pictures.file("jpg", 40, 30, BufferedImage.TYPE_BYTE_GRAY));
    IMAGES.put("n2/png.JPEG", Pictures.file("png", 41, 29, BufferedImage.TYPE_INT_RGB));
    for (Map.Entry<String, byte[]> image : IMAGES.entrySet()) {
      Path file = temporary.resolve("source").resolve(image.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, image.getValue());
    }
  }

  @Test
  void tensorFlowReadsEveryFeatureOfOriginalRecords() throws Exception {
    make(Encoding.ORIGINAL);
    List<String> expected = new ArrayList<>();
    for (Map.Entry<String, byte[]> image : IMAGES.entrySet()) {
      Pixels pixels = Codec.best().decode(image.getValue());
      ImageHeader header = ImageHeader.read(image.getValue());
      boolean kept = header.format().equals("JPEG");
      byte[] bytes = kept ? image.getValue() : Codec.best().encodeJpeg(pixels, 95);
      String colours = header.channels() == 1 ? "1 Grayscale" : "3 RGB";
      String digest =
          kept
              ? "image/eighth/xxh3 " + Codec.best().eighthDigest(bytes)
              : "image/pixels/xxh3 " + pixels.digest();
      expected.add(line(image.getKey(), "JPEG", pixels, colours, bytes, digest));
    }

    assertReads(expected);
  }

  @Test
  void tensorFlowReadsRawRecords() throws Exception {
    make(Encoding.RAW);
    List<String> expected = new ArrayList<>();
    for (Map.Entry<String, byte[]> image : IMAGES.entrySet()) {
      Pixels pixels = Codec.best().decode(image.getValue());
      String digest = "image/pixels/xxh3 " + pixels.digest();
      expected.add(line(image.getKey(), "RAW", pixels, "3 RGB", pixels.rgb(), digest));
    }

    assertReads(expected);
  }

  @Test
  void beamSeesADamagedRecord() throws IOException {
    make(Encoding.ORIGINAL);
    Path shard = temporary.resolve("out/train-00001-of-00003.tfrecord");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);

    Pipeline pipeline = Pipeline.create();
    pipeline.apply(TFRecordIO.read().from(temporary + "/out/*.tfrecord"));

    assertThrows(RuntimeException.class, () -> pipeline.run().waitUntilFinish());
  }

  /** DALI seeks to each offset and reads that many bytes as a framed record. */
  @Test
  void theIndexDelimitsTheRecords() throws IOException {
    make(Encoding.ORIGINAL);
    long record = 0;
    try (Dataset dataset =
        Dataset.open(Storage.local(), temporary.resolve("out").toString(), "train")) {
      for (Manifest.Shard shard : dataset.manifest().shards()) {
        byte[] bytes = Files.readAllBytes(temporary.resolve("out").resolve(shard.file()));
        Path index = temporary.resolve("out/" + shard.file().replace(".tfrecord", ".index"));
        int end = 0;
        for (String line : Files.readString(index, UTF_8).lines().toList()) {
          assertTrue(line.matches("\\d+ \\d+"), line);
          int space = line.indexOf(' ');
          int offset = Integer.parseInt(line.substring(0, space));
          int size = Integer.parseInt(line.substring(space + 1));
          assertEquals(end, offset);
          end = offset + size;
          long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
          assertEquals(size - 16, length);
          Example example = Example.parseFrom(Arrays.copyOfRange(bytes, offset + 12, end - 4));
          assertArrayEquals(
              dataset.read(record++).encoded(),
              feature(example, "image/encoded").getBytesList().getValue(0).toByteArray());
        }
        assertEquals(bytes.length, end);
      }
    }
    assertEquals(IMAGES.size(), record);
  }

  private void make(Encoding encoding) {
    String source = temporary.resolve("source").toString();
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(
        WriteShards.of(ImageSource.of(source, "train"), temporary.resolve("out").toString())
            .withShards(3)
            .withEncoding(encoding));
    pipeline.run().waitUntilFinish();
  }

  private void assertReads(List<String> expected) {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> lines =
        pipeline
            .apply(TFRecordIO.read().from(temporary + "/out/*.tfrecord"))
            .apply(MapElements.via(new ToLine()));
    PAssert.that(lines).containsInAnyOrder(expected);
    pipeline.run().waitUntilFinish();
  }

  private static String line(
      String key, String format, Pixels pixels, String colours, byte[] bytes, String digest) {
    String synset = key.substring(0, 2);
    return String.join(
        " ",
        synset,
        synset.substring(1),
        key.substring(3),
        format,
        pixels.height() + "x" + pixels.width(),
        colours,
        checksum(bytes),
        digest);
  }

  private static String checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return bytes.length + ":" + HexFormat.of().toHexDigits(crc.getValue());
  }

  private static Feature feature(Example example, String name) {
    return example.getFeatures().getFeatureOrThrow(name);
  }

  /** All ten features of a record. */
  private static final class ToLine extends SimpleFunction<byte[], String> {
    @Override
    public String apply(byte[] record) {
      try {
        Example example = Example.parseFrom(record);
        assertEquals(10, example.getFeatures().getFeatureCount());
        return String.join(
            " ",
            text(example, "image/class/synset"),
            number(example, "image/class/label"),
            text(example, "image/filename"),
            text(example, "image/format"),
            number(example, "image/height") + "x" + number(example, "image/width"),
            number(example, "image/channels"),
            text(example, "image/colorspace"),
            checksum(feature(example, "image/encoded").getBytesList().getValue(0).toByteArray()),
            digest(example));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }

    private static String digest(Example example) {
      boolean eighth = example.getFeatures().containsFeature("image/eighth/xxh3");
      String name = eighth ? "image/eighth/xxh3" : "image/pixels/xxh3";
      return name + " " + text(example, name);
    }

    private static String text(Example example, String name) {
      assertEquals(1, feature(example, name).getBytesList().getValueCount());
      return feature(example, name).getBytesList().getValue(0).toStringUtf8();
    }

    private static String number(Example example, String name) {
      assertEquals(1, feature(example, name).getInt64List().getValueCount());
      return Long.toString(feature(example, name).getInt64List().getValue(0));
    }
  }
}
