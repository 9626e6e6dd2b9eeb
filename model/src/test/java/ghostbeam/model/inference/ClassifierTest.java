package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {

  @ParameterizedTest
  @ValueSource(strings = {"ghostnet_1x", "bignet_1x", "sghostnet_b1", "sghostnet_b4"})
  void givesTheGoldenLogits(String name) {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    List<JsonNode> rows = new ArrayList<>();
    Golden.read("forward.json")
        .forEach(
            row -> {
              if (row.get("arch").asText().equals(name)) {
                rows.add(row);
              }
            });
    assertTrue(rows.size() >= 2, "forward.json has rows for " + name);
    try (Classifier classifier = Classifier.of(architecture, Golden.fill(architecture))) {
      for (JsonNode row : rows) {
        check(row, classifier);
      }
    }
  }

  /** Kernels are chosen by batch size: some that serve only larger batches have been wrong. */
  @Test
  void givesTheGoldenLogitsInALargeBatchToo() {
    JsonNode row = Golden.read("forward.json").get(0);
    Architecture architecture =
        Golden.ARCHITECTURES.get(row.get("arch").asText()).architecture(1000);
    int size = row.get("size").asInt();
    int copies = 24;
    float[] one = Golden.image(row.get("image_seed").asInt(), 1, size);
    float[] many = new float[copies * one.length];
    for (int i = 0; i < copies; i++) {
      System.arraycopy(one, 0, many, i * one.length, one.length);
    }
    double tolerance = 8 * row.get("float32_max_abs_error").asDouble();
    try (Classifier classifier = Classifier.of(architecture, Golden.fill(architecture))) {
      float[] all = classifier.logits(channelsLast(many, copies, size), copies, size);
      for (int i = 0; i < copies; i++) {
        for (int c = 0; c < row.get("logits").size(); c++) {
          assertEquals(row.get("logits").get(c).asDouble(), all[i * 1000 + c], tolerance);
        }
      }
    }
  }

  private static void check(JsonNode row, Classifier classifier) {
    int size = row.get("size").asInt();
    int batch = row.get("batch").asInt();
    float[] chw = Golden.image(row.get("image_seed").asInt(), batch, size);
    float[] all = classifier.logits(channelsLast(chw, batch, size), batch, size);
    int offset = row.get("image").asInt() * 1000;

    // The recorded error is one float32 implementation's largest over all logits: a guide. Folding
    // batch norm rounds elsewhere, so a few times that is float32's own noise.
    double tolerance = 8 * row.get("float32_max_abs_error").asDouble();
    String where = row.get("arch").asText() + " @" + size;
    for (int i = 0; i < row.get("logits").size(); i++) {
      assertEquals(row.get("logits").get(i).asDouble(), all[offset + i], tolerance, where);
    }
    double squares = 0;
    int best = 0;
    for (int i = 0; i < 1000; i++) {
      squares += (double) all[offset + i] * all[offset + i];
      best = all[offset + i] > all[offset + best] ? i : best;
    }
    double norm = row.get("l2").asDouble();
    assertEquals(norm, Math.sqrt(squares), 1e-6 * norm, where);
    assertEquals(row.get("argmax").asInt(), best, where);
  }

  private static ByteBuffer channelsLast(float[] chw, int batch, int size) {
    ByteBuffer out =
        ByteBuffer.allocateDirect(chw.length * Float.BYTES).order(ByteOrder.nativeOrder());
    int plane = size * size;
    for (int b = 0; b < batch; b++) {
      for (int p = 0; p < plane; p++) {
        for (int c = 0; c < 3; c++) {
          out.putFloat(chw[(b * 3 + c) * plane + p]);
        }
      }
    }
    return out.flip();
  }
}
