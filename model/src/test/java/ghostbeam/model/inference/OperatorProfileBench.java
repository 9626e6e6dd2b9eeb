package ghostbeam.model.inference;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.golden.EagerNetwork;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the time of a forward pass goes, by PyTorch operator, excluding the operators that each
 * calls: for the eager reference and the modules that replaced it. One thread; -Pbench runs it.
 */
@Tag("bench")
class OperatorProfileBench {
  private static final int BATCH = 16;
  private static final int PASSES = 5;
  private static final int SHOWN = 7;

  @TempDir static Path folder;

  /** An operator's call in progress. */
  private record Call(String name, double end) {}

  @ParameterizedTest
  @CsvSource({
    "ghostnet_1x, eager",
    "ghostnet_1x, float32",
    "ghostnet_1x, bf16",
    "sghostnet_b1, eager",
    "sghostnet_b1, float32",
    "sghostnet_b1, bf16"
  })
  void byOperator(String name, String kind) throws IOException {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    Weights weights = Golden.fill(architecture);
    int side = architecture.inputSize();
    Classifier.useThreads(1);
    Map<String, Double> micros;
    if (kind.equals("eager")) {
      float[] images = new float[BATCH * 3 * side * side];
      micros = profile(() -> EagerNetwork.logits(architecture, weights, images, BATCH, side));
    } else {
      byte[] samples = new byte[BATCH * 3 * side * side];
      new Random(1).nextBytes(samples);
      ByteBuffer images = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
      try (Classifier classifier =
          Classifier.of(architecture, weights, Precision.named(kind).orElseThrow())) {
        micros = profile(() -> classifier.logits(images, BATCH, side));
      }
    }
    double all = micros.values().stream().mapToDouble(Double::doubleValue).sum();
    System.out.printf(
        Locale.ROOT,
        "%s @%d %s, %.0f ms a batch of %d: %s%n",
        architecture.name(),
        side,
        kind,
        all / PASSES / 1e3,
        BATCH,
        micros.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .limit(SHOWN)
            .map(
                e -> String.format(Locale.ROOT, "%s %.1f %%", e.getKey(), 100 * e.getValue() / all))
            .collect(Collectors.joining(", ")));
  }

  private static Map<String, Double> profile(Runnable pass) throws IOException {
    pass.run();
    pass.run();
    Path trace = folder.resolve("trace.json");
    JniUtils.startProfile(false, false, false);
    for (int i = 0; i < PASSES; i++) {
      pass.run();
    }
    JniUtils.stopProfile(trace.toString());
    Map<String, List<JsonNode>> byThread = new HashMap<>();
    for (JsonNode event : new ObjectMapper().readTree(trace.toFile())) {
      byThread.computeIfAbsent(event.path("tid").asText(), unused -> new ArrayList<>()).add(event);
    }
    if (byThread.isEmpty()) {
      throw new IOException(trace + " holds no operator");
    }
    Map<String, Double> micros = new HashMap<>();
    byThread.values().forEach(events -> addOwnTimes(events, micros));
    return micros;
  }

  private static void addOwnTimes(List<JsonNode> events, Map<String, Double> micros) {
    events.sort(
        Comparator.comparingDouble((JsonNode event) -> event.path("ts").asDouble())
            .thenComparingDouble(event -> -event.path("dur").asDouble()));
    Deque<Call> callers = new ArrayDeque<>();
    for (JsonNode event : events) {
      double start = event.path("ts").asDouble();
      double took = event.path("dur").asDouble();
      while (!callers.isEmpty() && callers.peek().end <= start) {
        callers.pop();
      }
      if (!callers.isEmpty()) {
        micros.merge(callers.peek().name, -took, Double::sum);
      }
      String name = event.path("name").asText();
      micros.merge(name, took, Double::sum);
      callers.push(new Call(name, start + took));
    }
  }
}
