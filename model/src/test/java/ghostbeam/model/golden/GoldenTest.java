package ghostbeam.model.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import org.junit.jupiter.api.Test;

class GoldenTest {
  private final JsonNode selfcheck = Golden.read("selfcheck.json");

  @Test
  void hashesAsTheFixturesDo() {
    for (JsonNode row : selfcheck.get("unit")) {
      for (int i = 0; i < row.get("first").size(); i++) {
        assertEquals(
            row.get("first").get(i).asDouble(), Golden.unit(row.get("seed").asInt(), i), 0);
      }
    }
  }

  @Test
  void fillsAsTheFixturesDo() {
    Weights weights = Golden.fill(Preset.GHOSTNET_1X.architecture(1000));
    for (JsonNode row : selfcheck.get("fill")) {
      float[] value = weights.get(weights.specs().get(row.get("p").asInt()).name());
      for (int i = 0; i < row.get("first").size(); i++) {
        assertEquals(row.get("first").get(i).asDouble(), value[i], 0, row.get("kind").asText());
      }
    }
  }

  @Test
  void paintsAsTheFixturesDo() {
    JsonNode row = selfcheck.get("image").get(0);
    float[] image = Golden.image(row.get("seed").asInt(), 2, 64);
    double squares = 0;
    for (float value : image) {
      squares += (double) value * value;
    }
    assertEquals(row.get("l2").asDouble(), Math.sqrt(squares), 1e-9);
    for (int x = 0; x < 6; x++) {
      double expected = row.get("n1_c2_y3_x0_to_5").get(x).asDouble();
      assertEquals(expected, image[((1 * 3 + 2) * 64 + 3) * 64 + x], 0);
    }
  }
}
