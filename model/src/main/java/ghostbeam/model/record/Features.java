package ghostbeam.model.record;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The wire format of tf.train.Example for features of one value each, all in field 1 of their
 * message: {@code Example{Features{map<string, Feature{bytes_list=1 | float_list=2 |
 * int64_list=3}>}}}.
 */
final class Features {
  private static final int VALUES_TAG = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int SINGLE_INT_TAG = tag(1, WireFormat.WIRETYPE_VARINT);
  private static final int KEY_TAG = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int VALUE_TAG = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int BYTES_LIST_TAG = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int INT64_LIST_TAG = tag(3, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  /** Names are ASCII, so the order of strings is the order of bytes. */
  private final TreeMap<String, byte[]> texts = new TreeMap<>();

  private final TreeMap<String, Long> numbers = new TreeMap<>();

  /** Bodies of parsed features, views of the input. */
  private final Map<String, ByteBuffer> read = new HashMap<>();

  Features put(String name, byte[] value) {
    texts.put(name, value);
    return this;
  }

  Features put(String name, String value) {
    return put(name, value.getBytes(StandardCharsets.UTF_8));
  }

  Features put(String name, long value) {
    numbers.put(name, value);
    return this;
  }

  /** Whether the parsed features include this name. */
  boolean has(String name) {
    return read.containsKey(name);
  }

  /** The first value of a parsed bytes feature, or null. */
  byte[] bytes(String name) throws IOException {
    byte[] first = null;
    for (CodedInputStream list : lists(name, BYTES_LIST_TAG)) {
      for (int tag = list.readTag(); tag != 0; tag = list.readTag()) {
        if (tag == VALUES_TAG && first == null) {
          first = list.readByteArray();
        } else {
          list.skipField(tag);
        }
      }
    }
    return first;
  }

  /** The first value of a bytes feature as UTF-8, or the fallback. */
  String text(String name, String fallback) throws IOException {
    byte[] value = bytes(name);
    return value == null ? fallback : new String(value, StandardCharsets.UTF_8);
  }

  /**
   * The first value of an int64 feature, or null. The list may be packed (proto3) or not (proto2).
   */
  Long number(String name) throws IOException {
    Long first = null;
    for (CodedInputStream list : lists(name, INT64_LIST_TAG)) {
      for (int tag = list.readTag(); tag != 0; tag = list.readTag()) {
        if (tag == SINGLE_INT_TAG) {
          long value = list.readInt64();
          first = first == null ? (Long) value : first;
        } else if (tag == VALUES_TAG) {
          CodedInputStream packed = nested(list);
          while (!packed.isAtEnd()) {
            long value = packed.readInt64();
            first = first == null ? (Long) value : first;
          }
        } else {
          list.skipField(tag);
        }
      }
    }
    return first;
  }

  /** How many values a bytes or int64 feature has. */
  int count(String name) throws IOException {
    int count = 0;
    for (CodedInputStream list : lists(name, BYTES_LIST_TAG)) {
      for (int tag = list.readTag(); tag != 0; tag = list.readTag()) {
        count += tag == VALUES_TAG ? 1 : 0;
        list.skipField(tag);
      }
    }
    for (CodedInputStream list : lists(name, INT64_LIST_TAG)) {
      for (int tag = list.readTag(); tag != 0; tag = list.readTag()) {
        if (tag == VALUES_TAG) {
          for (CodedInputStream packed = nested(list); !packed.isAtEnd(); count++) {
            packed.readInt64();
          }
        } else {
          count += tag == SINGLE_INT_TAG ? 1 : 0;
          list.skipField(tag);
        }
      }
    }
    return count;
  }

  /** A parsed feature's lists of one kind. Lists are decoded only on request. */
  private List<CodedInputStream> lists(String name, int kind) throws IOException {
    List<CodedInputStream> lists = new ArrayList<>();
    ByteBuffer body = read.get(name);
    if (body != null) {
      CodedInputStream feature = stream(body.duplicate());
      for (int tag = feature.readTag(); tag != 0; tag = feature.readTag()) {
        if (tag == kind) {
          lists.add(nested(feature));
        } else {
          feature.skipField(tag);
        }
      }
    }
    return lists;
  }

  /** The wire format, with {@code around} zero bytes around it, {@code before} of them in front. */
  byte[] toBytes(int before, int around) {
    TreeMap<String, Integer> sizes = new TreeMap<>();
    texts.forEach((name, value) -> sizes.put(name, sized(value.length)));
    numbers.forEach(
        (name, value) -> sizes.put(name, sized(CodedOutputStream.computeInt64SizeNoTag(value))));
    int features = 0;
    for (Map.Entry<String, Integer> feature : sizes.entrySet()) {
      features += sized(entrySize(feature.getKey(), feature.getValue()));
    }
    int size = sized(features);
    byte[] bytes = new byte[Math.addExact(size, around)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, before, size);
    try {
      open(out, VALUES_TAG, features);
      for (Map.Entry<String, Integer> feature : sizes.entrySet()) {
        write(out, feature.getKey(), feature.getValue());
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  private void write(CodedOutputStream out, String name, int listSize) throws IOException {
    open(out, VALUES_TAG, entrySize(name, listSize));
    out.writeString(1, name);
    open(out, VALUE_TAG, sized(listSize));
    byte[] text = texts.get(name);
    if (text != null) {
      open(out, BYTES_LIST_TAG, listSize);
      out.writeByteArray(1, text);
    } else {
      long number = numbers.get(name);
      open(out, INT64_LIST_TAG, listSize);
      open(out, VALUES_TAG, CodedOutputStream.computeInt64SizeNoTag(number));
      out.writeInt64NoTag(number);
    }
  }

  private static void open(CodedOutputStream out, int tag, int size) throws IOException {
    out.writeUInt32NoTag(tag);
    out.writeUInt32NoTag(size);
  }

  private static int entrySize(String name, int listSize) {
    return CodedOutputStream.computeStringSize(1, name) + sized(sized(listSize));
  }

  /** The size of a length-delimited field, including its one-byte tag. */
  private static int sized(int length) {
    return 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
  }

  /** Locates the features; the first of those that share a name. */
  static Features parse(byte[] bytes) throws IOException {
    Features features = new Features();
    CodedInputStream example = CodedInputStream.newInstance(bytes);
    example.enableAliasing(true);
    for (int tag = example.readTag(); tag != 0; tag = example.readTag()) {
      if (tag != VALUES_TAG) {
        example.skipField(tag);
        continue;
      }
      CodedInputStream map = nested(example);
      for (int inner = map.readTag(); inner != 0; inner = map.readTag()) {
        if (inner == VALUES_TAG) {
          features.parseEntry(nested(map));
        } else {
          map.skipField(inner);
        }
      }
    }
    return features;
  }

  private void parseEntry(CodedInputStream entry) throws IOException {
    String name = "";
    ByteBuffer feature = null;
    for (int tag = entry.readTag(); tag != 0; tag = entry.readTag()) {
      if (tag == KEY_TAG) {
        name = entry.readStringRequireUtf8();
      } else if (tag == VALUE_TAG) {
        feature = entry.readByteBuffer();
      } else {
        entry.skipField(tag);
      }
    }
    if (feature != null) {
      read.putIfAbsent(name, feature);
    }
  }

  /** A submessage, not copied; its length is checked against what is left. */
  private static CodedInputStream nested(CodedInputStream in) throws IOException {
    return stream(in.readByteBuffer());
  }

  private static CodedInputStream stream(ByteBuffer body) {
    CodedInputStream stream = CodedInputStream.newInstance(body);
    stream.enableAliasing(true);
    return stream;
  }

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }
}
