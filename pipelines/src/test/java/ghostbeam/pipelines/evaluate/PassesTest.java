package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.inference.ModelLoader;
import ghostbeam.model.network.Preset;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.transforms.evaluation.Candidate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassesTest {
  private static final long GIGABYTE = 1L << 30;

  /** b4 has 32.1 million floats: 122 MiB, and 2¼ times that more for each slot. */
  @ParameterizedTest
  @CsvSource({
    "S_GHOSTNET_B4, 32, 4, 1, 4",
    "S_GHOSTNET_B4, 32, 4, 2, 6",
    "S_GHOSTNET_B4, 32, 32, 2, 1",
    "GHOSTNET_1X, 64, 4, 2, 2",
    "GHOSTNET_1X, 1, 4, 16, 1",
  })
  void eachPassFitsIntoTheMemory(
      Preset preset, int checkpoints, long gigabytes, int slots, int passes) {
    List<Candidate> candidates = candidates(preset, checkpoints, slots);
    List<List<Candidate>> plan = Passes.plan(candidates, gigabytes * GIGABYTE);
    List<Candidate> inOrder = new ArrayList<>();
    for (List<Candidate> pass : plan) {
      long bytes = pass.stream().mapToLong(Candidate::memoryBytes).sum();
      assertTrue(bytes <= gigabytes * GIGABYTE, () -> bytes + " bytes");
      inOrder.addAll(pass);
    }
    assertEquals(candidates, inOrder);
    assertEquals(passes, plan.size());
  }

  @Test
  void aCheckpointThatDoesNotFitIsWrongUsage() {
    List<Candidate> candidates = candidates(Preset.S_GHOSTNET_B4, 2, 2);
    UsageException refused =
        assertThrows(UsageException.class, () -> Passes.plan(candidates, GIGABYTE / 2));
    assertTrue(refused.getMessage().startsWith("--modelMemory is 512 MiB, but c0 alone takes "));
  }

  private static List<Candidate> candidates(Preset preset, int count, int slots) {
    long bytes = Classifier.bytes(preset.architecture(1000), slots);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      candidates.add(
          new Candidate(
              "c" + i,
              "/c" + i,
              "sha256:" + i,
              List.of("a", "b"),
              new ValidationView(384, 1, Interpolation.PILLOW),
              Precision.FLOAT32,
              new OfSize(bytes)));
    }
    return candidates;
  }

  /** A candidate of which nothing is loaded. */
  private record OfSize(long memoryBytes) implements ModelLoader {
    @Override
    public Classifier load(String path, byte[] file, Precision precision) {
      throw new AssertionError(path);
    }
  }
}
