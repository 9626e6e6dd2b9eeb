package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
      float[] all = logits(classifier, many, copies, size);
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
    float[] all = logits(classifier, chw, batch, size);
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

  /** Bit for bit, so that no score depends on how images are batched. */
  @Test
  void givesAnImageTheSameLogitsInABatchOfAnySize() {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(10);
    int size = 96;
    int count = 17;
    byte[] samples = new byte[count * size * size * 3];
    new Random(1).nextBytes(samples);
    try (Classifier classifier = Classifier.of(architecture, Golden.fill(architecture))) {
      float[] together = classifier.logits(direct(samples), count, size);
      for (int batch : new int[] {1, 2, 5}) {
        for (int first = 0; first + batch <= count; first += batch) {
          int image = size * size * 3;
          byte[] part = Arrays.copyOfRange(samples, first * image, (first + batch) * image);
          assertArrayEquals(
              Arrays.copyOfRange(together, first * 10, (first + batch) * 10),
              classifier.logits(direct(part), batch, size));
        }
      }
    }
  }

  @Test
  void servesManyThreadsAtOnceWhileOthersChangeTheirs() throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(10);
    byte[] samples = new byte[4 * 32 * 32 * 3];
    new Random(2).nextBytes(samples);
    try (Classifier classifier = Classifier.of(architecture, Golden.fill(architecture))) {
      float[] expected = classifier.logits(direct(samples), 4, 32);
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<Callable<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
          int threads = 1 + i % 2;
          calls.add(
              () -> {
                Classifier.useThreads(threads);
                assertArrayEquals(expected, classifier.logits(direct(samples), 4, 32));
                return null;
              });
        }
        for (Future<Void> call : pool.invokeAll(calls)) {
          call.get();
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** Logits of normalised images, given as the samples that are normalised to them. */
  private static float[] logits(Classifier classifier, float[] chw, int batch, int size) {
    return classifier.logits(samples(chw, batch, size), DataType.FLOAT32, batch, size);
  }

  private static ByteBuffer samples(float[] chw, int batch, int size) {
    float[] means = Normalization.means();
    double[] deviations = Normalization.deviations();
    ByteBuffer out =
        ByteBuffer.allocateDirect(chw.length * Float.BYTES).order(ByteOrder.nativeOrder());
    int plane = size * size;
    for (int b = 0; b < batch; b++) {
      for (int p = 0; p < plane; p++) {
        for (int c = 0; c < 3; c++) {
          double normalized = chw[(b * 3 + c) * plane + p];
          out.putFloat((float) (normalized * deviations[c] + means[c]));
        }
      }
    }
    return out.flip();
  }
}
