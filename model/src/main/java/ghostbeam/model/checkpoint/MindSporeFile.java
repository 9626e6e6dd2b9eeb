package ghostbeam.model.checkpoint;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * MindSpore's checkpoint files: {@code Checkpoint { repeated Value value = 1 }}, {@code Value {
 * string tag = 1; TensorProto tensor = 2; MapTensorProto maptensor = 3 }}, {@code TensorProto {
 * repeated int64 dims = 1; string tensor_type = 2; bytes tensor_content = 3 }}. A large tensor is
 * split into several values with the same tag, whose contents are concatenated.
 *
 * <p>Nothing is trusted: lengths are checked against the bytes available, and contents are slices
 * of these, so that reading allocates memory only for names and dimensions.
 */
final class MindSporeFile {
  /** MindSpore's floating types by safetensors' names; other types keep MindSpore's. */
  private static final Map<String, String> FLOATING =
      Map.of("Float64", "F64", "Float32", "F32", "Float16", "F16", "BFloat16", "BF16");

  /** Precedes the checksum, a big-endian number. */
  private static final byte[] CHECK = "crc_num".getBytes(StandardCharsets.US_ASCII);

  private static final int CHECKSUM_BYTES = 10;
  private static final int MAX_VALUES = 1 << 20;
  private static final int MAX_DIMENSIONS = 8;
  private static final int MAX_NAME = 1 << 10;

  private MindSporeFile() {}

  /** One value's part of a tensor. */
  private record Slice(long[] shape, String type, ByteBuffer content) {}

  /**
   * The tensors by name, in file order.
   *
   * @throws IOException saying what is wrong, without the file's name
   */
  static Map<String, RawTensor> parse(byte[] file) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(file, 0, checkedBytes(file));
    in.enableAliasing(true);
    Map<String, RawTensor> tensors = new LinkedHashMap<>();
    int values = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) != 1 || values++ == MAX_VALUES) {
        throw new IOException("it is not a list of at most a million values");
      }
      int outer = enter(in, tag);
      value(in, tensors);
      in.popLimit(outer);
    }
    for (RawTensor tensor : tensors.values()) {
      requireContent(tensor);
    }
    return tensors;
  }

  /**
   * The number of bytes before the checksum that {@code crc_check} appends, after verifying it; all
   * bytes where there is none.
   */
  private static int checkedBytes(byte[] file) throws IOException {
    int bytes = file.length - CHECK.length - CHECKSUM_BYTES;
    if (bytes < 0 || !Arrays.equals(file, bytes, bytes + CHECK.length, CHECK, 0, CHECK.length)) {
      return file.length;
    }
    CRC32 found = new CRC32();
    found.update(file, 0, bytes);
    BigInteger stated = new BigInteger(1, file, bytes + CHECK.length, CHECKSUM_BYTES);
    if (!stated.equals(BigInteger.valueOf(found.getValue()))) {
      throw new IOException(
          "it is damaged: its bytes have the CRC-32 %08x, its end says %s; download it again"
              .formatted(found.getValue(), stated.toString(16)));
    }
    return bytes;
  }

  private static void value(CodedInputStream in, Map<String, RawTensor> tensors)
      throws IOException {
    String name = null;
    Slice slice = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> name = text(in, tag);
        case 2 -> {
          int outer = enter(in, tag);
          slice = slice(in);
          in.popLimit(outer);
        }
        default -> in.skipField(tag);
      }
    }
    if (name == null) {
      throw new IOException("a value has no tag");
    }
    if (slice != null) {
      add(tensors, name, slice);
    }
  }

  private static Slice slice(CodedInputStream in) throws IOException {
    List<Long> shape = new ArrayList<>();
    String type = "";
    ByteBuffer content = ByteBuffer.allocate(0);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> {
          if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int outer = enter(in, tag);
            while (in.getBytesUntilLimit() > 0) {
              addSide(shape, in.readInt64());
            }
            in.popLimit(outer);
          } else {
            require(tag, WireFormat.WIRETYPE_VARINT);
            addSide(shape, in.readInt64());
          }
        }
        case 2 -> type = text(in, tag);
        case 3 -> {
          require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          content = in.readByteBuffer();
        }
        default -> in.skipField(tag);
      }
    }
    return new Slice(shape.stream().mapToLong(Long::longValue).toArray(), type, content);
  }

  private static void addSide(List<Long> shape, long side) throws IOException {
    if (side < 0 || shape.size() == MAX_DIMENSIONS) {
      throw new IOException("a tensor has dimensions " + shape + " and then " + side);
    }
    shape.add(side);
  }

  private static void add(Map<String, RawTensor> tensors, String name, Slice slice)
      throws IOException {
    String dtype = FLOATING.getOrDefault(slice.type(), slice.type());
    RawTensor known = tensors.get(name);
    List<ByteBuffer> contents = new ArrayList<>();
    if (known != null) {
      if (!known.dtype().equals(dtype) || !Arrays.equals(known.shape(), slice.shape())) {
        throw new IOException("the slices of tensor " + name + " differ in type or dimensions");
      }
      contents = known.slices();
    }
    contents.add(slice.content());
    if (known == null) {
      tensors.put(name, new RawTensor(name, dtype, slice.shape(), contents));
    }
  }

  private static void requireContent(RawTensor tensor) throws IOException {
    if (tensor.isFloating() && !tensor.isScalar() && !tensor.isWhole()) {
      throw new IOException(
          "tensor %s is %s but has %d bytes"
              .formatted(tensor.name(), tensor.described(), tensor.bytes()));
    }
  }

  private static String text(CodedInputStream in, int tag) throws IOException {
    require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    String text = in.readStringRequireUtf8();
    if (text.length() > MAX_NAME) {
      throw new IOException("a name has " + text.length() + " characters");
    }
    if (!RawTensor.isName(text)) {
      throw new IOException("a name has control characters");
    }
    return text;
  }

  private static int enter(CodedInputStream in, int tag) throws IOException {
    require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.pushLimit(in.readRawVarint32());
  }

  private static void require(int tag, int wireType) throws IOException {
    if (WireFormat.getTagWireType(tag) != wireType) {
      throw new IOException(
          "field " + WireFormat.getTagFieldNumber(tag) + " is not of the expected type");
    }
  }
}
