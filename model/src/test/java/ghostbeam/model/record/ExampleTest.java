package ghostbeam.model.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleTest {
  private static final Example CAT =
      new Example(
          new byte[] {-1, -40, 0, 7},
          "JPEG",
          500,
          375,
          3,
          "RGB",
          281,
          "n02123045",
          "katze-ü.JPEG",
          "5e1f",
          "8a3c");

  @Test
  void protobufReadsWhatWeWrite() throws Exception {
    DynamicMessage example = DynamicMessage.parseFrom(ProtobufExample.schema(true), CAT.toBytes());

    List<?> entries = entries(example);
    List<String> names = entries.stream().map(e -> (String) get((Message) e, "key")).toList();
    assertEquals(
        List.of(
            "image/channels",
            "image/class/label",
            "image/class/synset",
            "image/colorspace",
            "image/eighth/xxh3",
            "image/encoded",
            "image/filename",
            "image/format",
            "image/height",
            "image/pixels/xxh3",
            "image/width"),
        names);
    assertEquals(List.of(281L), values(entries.get(1), "int64_list"));
    assertEquals(List.of(ByteString.copyFrom(CAT.encoded())), values(entries.get(5), "bytes_list"));
    assertEquals(
        List.of(ByteString.copyFromUtf8("katze-ü.JPEG")), values(entries.get(6), "bytes_list"));
    assertEquals(List.of(375L), values(entries.get(8), "int64_list"));
    assertArrayEquals(example.toByteArray(), CAT.toBytes());
  }

  @Test
  void roundTrips() throws IOException {
    Example back = Example.parse(CAT.toBytes());

    assertArrayEquals(CAT.encoded(), back.encoded());
    assertEquals(withoutBytes(CAT), withoutBytes(back));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsPackedAndUnpackedListsAndSkipsUnknownFeatures(boolean packed) throws Exception {
    byte[] bytes =
        new ProtobufExample(ProtobufExample.schema(packed))
            .bytes("image/encoded", "first", "second")
            .ints("image/class/label", 5, 6)
            .ints("image/object/bbox/label", 1, 2, 3)
            .floats("image/object/bbox/xmin", 0.5f)
            .bytes("image/class/text", "tabby")
            .build();

    Example read = Example.parse(bytes);

    assertEquals("first", new String(read.encoded(), StandardCharsets.UTF_8));
    assertEquals(5, read.label());
    assertEquals("JPEG", read.format());
    assertEquals("RGB", read.colorspace());
    assertEquals(0, read.width());
    assertEquals("", read.synset());
    assertEquals("", read.pixelDigest());
  }

  /** With several labels or images there is no telling which is meant. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rejectsForeignExamplesWithSeveralLabelsOrImages(boolean packed) throws Exception {
    ProtobufExample labels =
        new ProtobufExample(ProtobufExample.schema(packed)).bytes("image/encoded", "x");
    ProtobufExample images =
        new ProtobufExample(ProtobufExample.schema(packed)).bytes("image/encoded", "x", "y");
    byte[] twoLabels = labels.ints("image/class/label", 5, 6).build();
    byte[] twoImages = images.ints("image/class/label", 5).build();

    assertEquals(
        "a tf.train.Example with 2 values of image/class/label",
        assertThrows(IOException.class, () -> ForeignExample.parse(twoLabels)).getMessage());
    assertEquals(
        "a tf.train.Example with 2 values of image/encoded",
        assertThrows(IOException.class, () -> ForeignExample.parse(twoImages)).getMessage());
  }

  /** An unneeded list may be long or damaged: it is never decoded. */
  @Test
  void ignoresUnneededFeatures() throws Exception {
    byte[] bytes =
        new ProtobufExample(ProtobufExample.schema(true))
            .bytes("image/encoded", "first")
            .ints("image/class/label", 5)
            .ints("zone", 1, 2, 3)
            .build();
    bytes[bytes.length - 1] |= (byte) 0x80; // an unterminated varint

    assertEquals(5, Example.parse(bytes).label());
    assertEquals(5, ForeignExample.parse(bytes).label());
  }

  @Test
  void rejectsAnExampleWithoutImageOrLabel() throws Exception {
    byte[] noLabel =
        new ProtobufExample(ProtobufExample.schema(true)).bytes("image/encoded", "x").build();
    byte[] noImage =
        new ProtobufExample(ProtobufExample.schema(true)).ints("image/class/label", 1).build();

    assertTrue(message(noLabel).contains("image/class/label"));
    assertTrue(message(noImage).contains("image/encoded"));
  }

  @Test
  void rejectsALabelOutOfRange() throws Exception {
    byte[] bytes =
        new ProtobufExample(ProtobufExample.schema(true))
            .bytes("image/encoded", "x")
            .ints("image/class/label", -3)
            .build();

    assertTrue(message(bytes).contains("-3"));
  }

  @Test
  void rejectsEveryTruncation() {
    byte[] bytes = CAT.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> Example.parse(cut), "cut at " + length);
    }
  }

  @Test
  void rejectsAHostileLengthWithoutAllocatingIt() {
    byte[] twoGigabytes = {0x0A, -1, -1, -1, -1, 7, 0x0A};

    assertThrows(IOException.class, () -> Example.parse(twoGigabytes));
  }

  private static String message(byte[] bytes) {
    return assertThrows(IOException.class, () -> Example.parse(bytes)).getMessage();
  }

  private static Example withoutBytes(Example e) {
    return new Example(
        null,
        e.format(),
        e.width(),
        e.height(),
        e.channels(),
        e.colorspace(),
        e.label(),
        e.synset(),
        e.filename(),
        e.pixelDigest(),
        e.eighthDigest());
  }

  private static Object get(Message message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  private static List<?> entries(Message example) {
    return (List<?>) get((Message) get(example, "features"), "feature");
  }

  private static Object values(Object entry, String list) {
    return get((Message) get((Message) get((Message) entry, "value"), list), "value");
  }
}
