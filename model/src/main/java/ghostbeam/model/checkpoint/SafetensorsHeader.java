package ghostbeam.model.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: its length in eight bytes (little-endian), then JSON that maps
 * each tensor's name to its dtype, shape and offsets, and {@code __metadata__} to strings.
 *
 * @param metadata the content of {@code __metadata__}
 * @param entries tensors in the order of their data, without gaps or overlaps
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {

  static final int LENGTH_BYTES = Long.BYTES;

  /** Room for over a million tensors: no network has a longer header. */
  static final int MAX_BYTES = 1 << 24;

  /** A JSON tree takes up to 30 times the bytes of its tokens; a tensor has a dozen tokens. */
  private static final long MAX_TOKENS = 1 << 21;

  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxTokenCount(MAX_TOKENS)
                          .maxStringLength(MAX_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** One tensor; offsets are relative to the end of the header. */
  record Entry(String name, String dtype, long[] shape, long begin, long end) {}

  /** The header's bytes, including its length, padded so that the tensors are aligned. */
  byte[] toBytes() {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode strings = root.putObject(METADATA);
    metadata.forEach(strings::put);
    for (Entry entry : entries) {
      ObjectNode node = root.putObject(entry.name());
      node.put("dtype", entry.dtype());
      ArrayNode shape = node.putArray("shape");
      Arrays.stream(entry.shape()).forEach(shape::add);
      node.putArray("data_offsets").add(entry.begin()).add(entry.end());
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] bytes = new byte[LENGTH_BYTES + padded];
    Arrays.fill(bytes, (byte) ' ');
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
    return bytes;
  }

  /**
   * Parses a header's JSON, trusting none of it.
   *
   * @param dataBytes number of bytes that follow the header in the file
   * @throws IOException saying what is wrong
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IOException("its header is not JSON (" + e.getOriginalMessage() + ")", e);
    }
    if (root == null || !root.isObject()) {
      throw new IOException("its header is not a JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        for (Map.Entry<String, JsonNode> string : field.getValue().properties()) {
          metadata.put(string.getKey(), string.getValue().asText());
        }
      } else {
        entries.add(entry(field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long position = 0;
    for (Entry entry : entries) {
      if (entry.begin() != position) {
        throw new IOException(
            "tensor " + entry.name() + " begins at " + entry.begin() + ", not " + position);
      }
      position = entry.end();
    }
    if (position != dataBytes) {
      throw new IOException("its tensors take " + position + " bytes, the file has " + dataBytes);
    }
    return new SafetensorsHeader(metadata, entries);
  }

  private static Entry entry(String name, JsonNode node) throws IOException {
    if (!RawTensor.isName(name)) {
      throw new IOException("a tensor's name has control characters");
    }
    JsonNode offsets = node.path("data_offsets");
    if (!node.path("dtype").isTextual() || !node.path("shape").isArray() || offsets.size() != 2) {
      throw new IOException("tensor " + name + " lacks dtype, shape or data_offsets");
    }
    try {
      String dtype = node.get("dtype").textValue();
      long[] shape = new long[node.get("shape").size()];
      long bytes =
          Dtype.named(dtype)
              .orElseThrow(() -> new IllegalArgumentException("unknown dtype " + dtype))
              .bytes();
      for (int i = 0; i < shape.length; i++) {
        shape[i] = whole(node.get("shape").get(i));
        bytes = Math.multiplyExact(bytes, shape[i]);
      }
      long begin = whole(offsets.get(0));
      long end = whole(offsets.get(1));
      if (end - begin != bytes) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " needs " + bytes + " bytes, has " + (end - begin));
      }
      return new Entry(name, dtype, shape, begin, end);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException("tensor " + name + ": " + e.getMessage(), e);
    }
  }

  private static long whole(JsonNode number) {
    if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
      throw new IllegalArgumentException(number + " is not a size");
    }
    return number.longValue();
  }
}
