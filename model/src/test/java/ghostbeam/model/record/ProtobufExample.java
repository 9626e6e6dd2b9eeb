package ghostbeam.model.record;

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
import java.util.Arrays;
import java.util.List;

/** An independent writer of the convention, using protobuf's own messages. */
final class ProtobufExample {
  private final DynamicMessage.Builder example;
  private final DynamicMessage.Builder features;

  ProtobufExample(Descriptor schema) {
    example = DynamicMessage.newBuilder(schema);
    features = DynamicMessage.newBuilder(schema.findFieldByName("features").getMessageType());
  }

  ProtobufExample bytes(String name, String... values) {
    return add(name, "bytes_list", Arrays.stream(values).map(ByteString::copyFromUtf8).toList());
  }

  ProtobufExample ints(String name, long... values) {
    return add(name, "int64_list", Arrays.stream(values).boxed().toList());
  }

  ProtobufExample floats(String name, float value) {
    return add(name, "float_list", List.of(value));
  }

  private ProtobufExample add(String name, String kind, List<?> values) {
    Descriptor entry = features.getDescriptorForType().findFieldByName("feature").getMessageType();
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

  /** tensorflow/core/example/example.proto and feature.proto, the map as its entries. */
  static Descriptor schema(boolean packed) throws Exception {
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
}
