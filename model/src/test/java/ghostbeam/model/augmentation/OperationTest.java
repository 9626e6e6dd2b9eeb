package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Compares operations with Pillow's pixels, from sample/python/make_augmentations.py. */
final class OperationTest {
  private static final int HEIGHT = 30;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = OperationTest.class.getResourceAsStream("/golden/augmentation/" + name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void matchPillowInEveryPixel() throws IOException, UndecodableImageException {
    JsonNode cases = new ObjectMapper().readTree(resource("cases.json"));
    Pixels all = Codec.best().decode(resource("cases.png"));
    Pixels input = all.crop(0, 0, all.width(), HEIGHT);
    assertEquals((cases.size() + 1) * HEIGHT, all.height());
    Set<Operation> seen = EnumSet.noneOf(Operation.class);
    for (int i = 0; i < cases.size(); i++) {
      JsonNode expected = cases.get(i);
      Operation operation = Operation.valueOf(expected.get("operation").asText());
      double magnitude =
          operation.magnitude(expected.get("level").asInt()) * expected.get("sign").asInt();
      assertEquals(expected.get("magnitude").asDouble(), magnitude, 1e-12, expected.toString());
      assertArrayEquals(
          all.crop(0, (i + 1) * HEIGHT, all.width(), HEIGHT).rgb(),
          operation.apply(input, magnitude).rgb(),
          expected.toString());
      seen.add(operation);
    }
    assertEquals(EnumSet.allOf(Operation.class), seen);
  }

  @Test
  void handleUniformImages() {
    byte[] rgb = new byte[5 * 4 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (40 + i % 3 * 90);
    }
    Pixels flat = new Pixels(5, 4, rgb);
    assertArrayEquals(rgb, Operation.EQUALIZE.apply(flat, 0).rgb());
    assertArrayEquals(rgb, Operation.AUTO_CONTRAST.apply(flat, 0).rgb());
    assertArrayEquals(rgb, Operation.SHARPNESS.apply(flat, 1.9).rgb());
  }
}
