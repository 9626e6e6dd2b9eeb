package ghostbeam.model.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
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
    DynamicMessage example = DynamicMessage.parseFrom(schema(true), CAT.toBytes());

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
  void readsBackWhatItWrote() throws IOException {
    Example back = Example.parse(CAT.toBytes());

    assertArrayEquals(CAT.encoded(), back.encoded());
    assertEquals(withoutBytes(CAT), withoutBytes(back));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsPackedAndUnpackedListsAndSkipsUnknownFeatures(boolean packed) throws Exception {
    byte[] bytes =
        new Writer(schema(packed))
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

  /** Of several labels, or images, nobody can tell which is meant. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesSeveralLabelsOrImagesOfOthers(boolean packed) throws Exception {
    Writer labels = new Writer(schema(packed)).bytes("image/encoded", "x");
    Writer images = new Writer(schema(packed)).bytes("image/encoded", "x", "y");
    byte[] twoLabels = labels.ints("image/class/label", 5, 6).build();
    byte[] twoImages = images.ints("image/class/label", 5).build();

    assertEquals(
        "a tf.train.Example with 2 values of image/class/label",
        assertThrows(IOException.class, () -> ForeignExample.parse(twoLabels)).getMessage());
    assertEquals(
        "a tf.train.Example with 2 values of image/encoded",
        assertThrows(IOException.class, () -> ForeignExample.parse(twoImages)).getMessage());
  }

  /** A list that nobody asks for may be long or damaged: it is never read. */
  @Test
  void isNotHeldUpByWhatItDoesNotWant() throws Exception {
    byte[] bytes =
        new Writer(schema(true))
            .bytes("image/encoded", "first")
            .ints("image/class/label", 5)
            .ints("zone", 1, 2, 3)
            .build();
    bytes[bytes.length - 1] |= (byte) 0x80; // a number without an end

    assertEquals(5, Example.parse(bytes).label());
    assertEquals(5, ForeignExample.parse(bytes).label());
  }

  @Test
  void refusesAnExampleWithoutImageOrLabel() throws Exception {
    byte[] noLabel = new Writer(schema(true)).bytes("image/encoded", "x").build();
    byte[] noImage = new Writer(schema(true)).ints("image/class/label", 1).build();

    assertTrue(message(noLabel).contains("image/class/label"));
    assertTrue(message(noImage).contains("image/encoded"));
  }

  @Test
  void refusesALabelOutsideItsRange() throws Exception {
    byte[] bytes =
        new Writer(schema(true)).bytes("image/encoded", "x").ints("image/class/label", -3).build();

    assertTrue(message(bytes).contains("-3"));
  }

  @Test
  void refusesEveryTruncation() {
    byte[] bytes = CAT.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> Example.parse(cut), "cut at " + length);
    }
  }

  @Test
  void refusesAHostileLengthWithoutAllocatingIt() {
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

  /** tensorflow/core/example/example.proto and feature.proto, the map as its entries. */
  private static Descriptor schema(boolean packed) throws Exception {
    FieldDescriptorProto.Builder ints =
        field("value", 1, FieldDescriptorProto.Type.TYPE_INT64, Label.LABEL_REPEATED);
    ints.setOptions(FieldOptions.newBuilder().setPacked(packed));
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("example.proto")
            .addMessageType(
                message("BytesList")
                    .addField(
                        field(
                            "value",
                            1,
                            FieldDescriptorProto.Type.TYPE_BYTES,
                            Label.LABEL_REPEATED)))
            .addMessageType(
                message("FloatList")
                    .addField(
                        field(
                            "value",
                            1,
                            FieldDescriptorProto.Type.TYPE_FLOAT,
                            Label.LABEL_REPEATED)))
            .addMessageType(message("Int64List").addField(ints))
            .addMessageType(
                message("Feature")
                    .addField(nested("bytes_list", 1, "BytesList", Label.LABEL_OPTIONAL))
                    .addField(nested("float_list", 2, "FloatList", Label.LABEL_OPTIONAL))
                    .addField(nested("int64_list", 3, "Int64List", Label.LABEL_OPTIONAL)))
            .addMessageType(
                message("Entry")
                    .addField(
                        field(
                            "key", 1, FieldDescriptorProto.Type.TYPE_STRING, Label.LABEL_OPTIONAL))
                    .addField(nested("value", 2, "Feature", Label.LABEL_OPTIONAL)))
            .addMessageType(
                message("Features").addField(nested("feature", 1, "Entry", Label.LABEL_REPEATED)))
            .addMessageType(
                message("Example")
                    .addField(nested("features", 1, "Features", Label.LABEL_OPTIONAL)))
            .build();
    return FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Example");
  }

  private static DescriptorProto.Builder message(String name) {
    return DescriptorProto.newBuilder().setName(name);
  }

  private static FieldDescriptorProto.Builder field(
      String name, int number, FieldDescriptorProto.Type type, Label label) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(label);
  }

  private static FieldDescriptorProto.Builder nested(
      String name, int number, String type, Label label) {
    return field(name, number, FieldDescriptorProto.Type.TYPE_MESSAGE, label)
        .setTypeName("." + type);
  }

  /** Another writer of the convention, through protobuf's own messages. */
  private static final class Writer {
    private final DynamicMessage.Builder example;
    private final DynamicMessage.Builder features;

    Writer(Descriptor schema) {
      example = DynamicMessage.newBuilder(schema);
      features = DynamicMessage.newBuilder(schema.findFieldByName("features").getMessageType());
    }

    Writer bytes(String name, String... values) {
      return add(name, "bytes_list", Arrays.stream(values).map(ByteString::copyFromUtf8).toList());
    }

    Writer ints(String name, long... values) {
      return add(name, "int64_list", Arrays.stream(values).boxed().toList());
    }

    Writer floats(String name, float value) {
      return add(name, "float_list", List.of(value));
    }

    private Writer add(String name, String kind, List<?> values) {
      Descriptor entry =
          features.getDescriptorForType().findFieldByName("feature").getMessageType();
      Descriptor feature = entry.findFieldByName("value").getMessageType();
      Descriptor list = feature.findFieldByName(kind).getMessageType();
      Message built =
          DynamicMessage.newBuilder(entry)
              .setField(entry.findFieldByName("key"), name)
              .setField(
                  entry.findFieldByName("value"),
                  DynamicMessage.newBuilder(feature)
                      .setField(
                          feature.findFieldByName(kind),
                          DynamicMessage.newBuilder(list)
                              .setField(list.findFieldByName("value"), values)
                              .build())
                      .build())
              .build();
      features.addRepeatedField(features.getDescriptorForType().findFieldByName("feature"), built);
      return this;
    }

    byte[] build() {
      return example
          .setField(example.getDescriptorForType().findFieldByName("features"), features.build())
          .build()
          .toByteArray();
    }
  }
}
