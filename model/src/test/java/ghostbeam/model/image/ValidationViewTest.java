package ghostbeam.model.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.GoldenImages;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.ValidationView.Geometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ValidationViewTest {
  static Stream<JsonNode> images() {
    return GoldenImages.rows("images");
  }

  static Stream<JsonNode> geometry() {
    return Stream.concat(GoldenImages.rows("images"), GoldenImages.rows("geometry"));
  }

  static Stream<JsonNode> scaleSizes() {
    return GoldenImages.rows("scale_sizes");
  }

  static Stream<Arguments> imagesByCodec() {
    return images().flatMap(row -> GoldenImages.codecs().map(codec -> Arguments.of(row, codec)));
  }

  /** The limit is where four squares of the resized side have the maximum number of pixels. */
  @ParameterizedTest
  @CsvSource({"224, 1e-9", "224, 0.03", "16384, 1", "5853, 0.875", "2147483647, 1", "0, 1"})
  void rejectsTooLargeSizes(int inputSize, double cropFraction) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ValidationView(inputSize, cropFraction, Interpolation.OPENCV));

    assertTrue(refusal.getMessage().startsWith("input size " + inputSize), refusal.getMessage());
  }

  /** The longest image in the largest view is cropped once before it is resized. */
  @Test
  void cropsTheLongestImageBeforeResizing() {
    ValidationView view = new ValidationView(16, 16 / 6688.0, Interpolation.OPENCV);

    assertEquals(16, view.apply(new Pixels(4000, 1, new byte[12_000])).width());
  }

  @ParameterizedTest
  @MethodSource("images")
  void equalsPillowOnDecodedPixels(JsonNode row) {
    Pixels view = view(row).apply(GoldenImages.png(row.get("decoded").asText()));

    assertArrayEquals(GoldenImages.png(row.get("expected").asText()).rgb(), view.rgb());
  }

  static Stream<JsonNode> torchvisionImages() {
    return GoldenImages.torchvisionRows("images");
  }

  @ParameterizedTest
  @MethodSource("torchvisionImages")
  void equalsTorchvisionOnDecodedPixels(JsonNode row) {
    int size = row.get("size").asInt();
    ValidationView view = new ValidationView(size, 0.875, Interpolation.TORCHVISION);
    Pixels decoded = GoldenImages.png(row.get("image").asText() + ".decoded.png");

    assertEquals(places(row), places(view.geometry(decoded.width(), decoded.height())));
    assertArrayEquals(
        GoldenImages.png(row.get("expected").asText()).rgb(), view.apply(decoded).rgb());
  }

  @Test
  void resizesAndCropsLikeTorchvision() {
    List<JsonNode> rows = GoldenImages.torchvisionRows("geometry").toList();
    assertEquals(300, rows.size());
    for (JsonNode row : rows) {
      int size = row.get("size").asInt();
      double fraction = row.get("fraction").asDouble();
      ValidationView view = new ValidationView(size, fraction, Interpolation.TORCHVISION);
      Geometry at = view.geometry(row.get("width").asInt(), row.get("height").asInt());

      assertEquals(places(row), places(at), row::toString);
    }
  }

  private static List<Integer> places(JsonNode row) {
    JsonNode resized = row.get("resized");
    JsonNode crop = row.get("crop");
    return Stream.of(resized.get(0), resized.get(1), crop.get(0), crop.get(1))
        .map(JsonNode::asInt)
        .toList();
  }

  private static List<Integer> places(Geometry at) {
    return List.of(at.width(), at.height(), at.left(), at.top());
  }

  /** So data whose images are all square, like the demo's, has the same scores in both. */
  @Test
  void pillowAndTorchvisionAgreeOnSquareImagesWithoutCrop() {
    Pixels square = GoldenImages.png("landscape_420.decoded.png").crop(20, 7, 61, 61);
    for (int size : new int[] {32, 61, 64, 96}) {
      assertArrayEquals(
          new ValidationView(size, 1, Interpolation.PILLOW).apply(square).rgb(),
          new ValidationView(size, 1, Interpolation.TORCHVISION).apply(square).rgb());
    }
  }

  @ParameterizedTest
  @MethodSource("imagesByCodec")
  void isCloseToPillowFromFileToCrop(JsonNode row, Codec codec) throws Exception {
    Pixels view = view(row).apply(codec.decode(GoldenImages.file(row.get("file").asText())));

    Pixels expected = GoldenImages.png(row.get("expected").asText());
    assertTrue(GoldenImages.largestDifference(expected, view) <= 2, codec.name() + " " + row);
    assertTrue(GoldenImages.rms(expected, view) <= 0.5, codec.name() + " " + row);
  }

  @ParameterizedTest
  @MethodSource("images")
  void normalisesToTheGoldenTensor(JsonNode row) {
    int size = row.get("input_size").asInt();
    Pixels view = view(row).apply(GoldenImages.png(row.get("decoded").asText()));
    FloatBuffer samples =
        ByteBuffer.allocateDirect(size * size * 12).order(ByteOrder.nativeOrder()).asFloatBuffer();

    Normalization.put(view, samples);

    double squares = 0;
    for (int channel = 0; channel < 3; channel++) {
      double sum = 0;
      for (int i = 0; i < size * size; i++) {
        float value = samples.get(3 * i + channel);
        sum += value;
        squares += (double) value * value;
      }
      assertEquals(row.get("channel_mean").get(channel).asDouble(), sum / (size * size), 1e-6);
    }
    assertEquals(row.get("l2").asDouble(), Math.sqrt(squares), 1e-5);
    for (int i = 0; i < row.get("head").size(); i++) {
      assertEquals((float) row.get("head").get(i).asDouble(), samples.get(3 * i));
    }
  }

  @ParameterizedTest
  @MethodSource("geometry")
  void resizesAndCropsByTheGoldenRules(JsonNode row) {
    Geometry at = view(row).geometry(row.get("width").asInt(), row.get("height").asInt());

    assertEquals(row.get("resized").get(0).asInt(), at.width());
    assertEquals(row.get("resized").get(1).asInt(), at.height());
    assertEquals(row.get("crop_left_top").get(0).asInt(), at.left());
    assertEquals(row.get("crop_left_top").get(1).asInt(), at.top());
  }

  @ParameterizedTest
  @MethodSource("scaleSizes")
  void roundsTheShorterSideDown(JsonNode row) {
    assertEquals(row.get("resize_shorter_side").asInt(), view(row).resizedShorterSide());
  }

  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void cropEqualsCroppingTheWholeResizedImage(Interpolation interpolation) {
    Pixels image = GoldenImages.png("landscape_420.decoded.png");
    for (int size : new int[] {20, 99, 131, 300}) {
      ValidationView view = new ValidationView(size, 0.875, interpolation);
      Geometry at = view.geometry(image.width(), image.height());
      Pixels whole = interpolation.resize(image, at.width(), at.height());

      assertArrayEquals(whole.crop(at.left(), at.top(), size, size).rgb(), view.apply(image).rgb());
    }
  }

  @Test
  void viewsAVeryLongImageWithoutResizingAllOfIt() {
    Pixels line = new Pixels(2_000_000, 1, new byte[6_000_000]);

    Pixels view = new ValidationView(224, 0.875, Interpolation.OPENCV).apply(line);

    assertEquals(224, view.width());
    assertEquals(224, view.height());
  }

  @Test
  void roundTripsThroughTheDocumentedJson() throws Exception {
    ObjectMapper json = new ObjectMapper();
    for (Interpolation interpolation : Interpolation.values()) {
      String text =
          "{\"inputSize\":224,\"cropFraction\":0.875,\"interpolation\":\"%s\"}"
              .formatted(interpolation.title());
      ValidationView view = new ValidationView(224, 0.875, interpolation);

      assertEquals(text, json.writeValueAsString(view));
      assertEquals(view, json.readValue(text, ValidationView.class));
    }
  }

  @Test
  void rejectsInvalidSizes() {
    assertThrows(
        IllegalArgumentException.class, () -> new ValidationView(0, 0.875, Interpolation.PILLOW));
    assertThrows(
        IllegalArgumentException.class, () -> new ValidationView(224, 1.1, Interpolation.PILLOW));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ValidationView(224, Double.NaN, Interpolation.PILLOW));
  }

  /** Its sides would overflow an int. */
  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void theLongestSideDoesNotOverflow(Interpolation interpolation) {
    Geometry at = new ValidationView(224, 0.875, interpolation).geometry(100_000_000, 1);

    assertEquals(Integer.MAX_VALUE, at.width());
    assertEquals(256, at.height());
  }

  private static ValidationView view(JsonNode row) {
    return new ValidationView(row.get("input_size").asInt(), 0.875, Interpolation.PILLOW);
  }
}
