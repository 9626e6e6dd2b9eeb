package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.EagerNetwork;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.golden.Timm;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifierTest {

  /** All architectures in forward.json. */
  static Stream<String> goldenArchitectures() {
    return Golden.read("forward.json").findValuesAsText("arch").stream().distinct();
  }

  @ParameterizedTest
  @MethodSource("goldenArchitectures")
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
    Weights weights = Golden.fill(architecture);
    try (Classifier classifier = Classifier.of(architecture, weights)) {
      for (JsonNode row : rows) {
        check(row, classifier, architecture, weights);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Timm.class)
  void givesTimmsLogits(Timm network) {
    Architecture architecture = network.preset().architecture(1000);
    Weights weights = Golden.fill(architecture);
    try (Classifier classifier = Classifier.of(architecture, weights)) {
      for (JsonNode row : network.golden().get("forward")) {
        check(row, classifier, architecture, weights);
      }
    }
  }

  /**
   * Kernels are chosen by batch size, and some that are used only for larger batches have been
   * wrong.
   */
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

  private static void check(
      JsonNode row, Classifier classifier, Architecture architecture, Weights weights) {
    int size = row.get("size").asInt();
    int batch = row.get("batch").asInt();
    float[] chw = Golden.image(row.get("image_seed").asInt(), batch, size);
    float[] all = logits(classifier, chw, batch, size);
    int offset = row.get("image").asInt() * 1000;

    // The recorded error is the largest of one float32 implementation over all logits. Folding
    // batch norm rounds differently, so a few times that error is within float32's noise.
    double tolerance = 8 * row.get("float32_max_abs_error").asDouble();
    String where = architecture.name() + " @" + size;
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
    assertEquals(row.get("top5").get(0).asInt(), best, where);
    assertNear(EagerNetwork.logits(architecture, weights, chw, batch, size), all, where);
  }

  /** Equal within 1e-4 of the largest. */
  private static void assertNear(float[] expected, float[] actual, String where) {
    float largest = 0;
    for (float logit : expected) {
      largest = Math.max(largest, Math.abs(logit));
    }
    assertArrayEquals(expected, actual, 1e-4f * largest, where);
  }

  /** Bit for bit, so that no score depends on how images are batched. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void logitsAreBitIdenticalInABatchOfAnySize(Preset preset) {
    Architecture architecture = preset.architecture(10);
    int size = 72; // whose feature maps are not multiples of any vector width
    int count = 64;
    byte[] samples = new byte[count * size * size * 3];
    new Random(1).nextBytes(samples);
    try (Classifier classifier = Classifier.of(architecture, Golden.fill(architecture))) {
      float[] together = classifier.logits(direct(samples), count, size);
      for (int batch : new int[] {25, 1}) {
        int step = batch == 1 ? 9 : batch; // only some single images, to save time
        for (int first = 0; first < count; first += step) {
          int image = size * size * 3;
          int end = Math.min(first + batch, count);
          byte[] part = Arrays.copyOfRange(samples, first * image, end * image);
          assertArrayEquals(
              Arrays.copyOfRange(together, first * 10, end * 10),
              classifier.logits(direct(part), end - first, size),
              "images from " + first + " on, in batches of " + batch);
        }
      }
    }
  }

  @Test
  void rejectsImagesThatShrinkToNothing() {
    Architecture architecture = Preset.GHOSTNETV2_1X.architecture(10);
    try (Classifier classifier = Classifier.of(architecture, architecture.initialWeights(1))) {
      assertEquals(10, classifier.logits(direct(new byte[33 * 33 * 3]), 1, 33).length);
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> classifier.logits(direct(new byte[32 * 32 * 3]), 1, 32))
              .getMessage();
      assertEquals("inputSize is at least 33 for ghostnetv2-1x, found 32", message);
    }
  }

  @Test
  void servesManyThreadsAtOnceWhileOthersChangeTheirs() throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(10);
    byte[] samples = new byte[4 * 32 * 32 * 3];
    new Random(2).nextBytes(samples);
    Weights weights = Golden.fill(architecture);
    try (Classifier classifier = Classifier.of(architecture, weights)) {
      float[] expected = classifier.logits(direct(samples), 4, 32);
      // Later threads load their modules from the archive, not from the weights.
      weights.specs().forEach(spec -> Arrays.fill(weights.get(spec.name()), Float.NaN));
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

  /** Logits of normalised images, passed as samples before normalisation. */
  private static float[] logits(Classifier classifier, float[] chw, int batch, int size) {
    return classifier.logits(Golden.samples(chw, batch, size), DataType.FLOAT32, batch, size);
  }
}
