package ghostbeam.pipelines.average;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.CheckpointInfo.Average;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The mean of checkpoints, and which can be averaged. */
final class AverageJobTest extends AverageCase {
  @Test
  void theMeanOfTwoIsHalfTheirSumInEveryTensor() throws IOException {
    String said = run(files(1, 2), to("two"));

    assertEquals(path("two") + ": the mean of epoch-0001, epoch-0002\n", said);
    Weights first = NETWORK.initialWeights(1);
    Weights second = NETWORK.initialWeights(2);
    Checkpoint two = read("two");
    for (TensorSpec spec : first.specs()) {
      float[] expected = new float[spec.size()];
      for (int i = 0; i < expected.length; i++) {
        double sum = (double) first.get(spec.name())[i] + second.get(spec.name())[i];
        expected[i] = (float) (sum / 2);
      }
      assertArrayEquals(expected, two.weights().get(spec.name()), spec.name());
    }
    CheckpointInfo info = two.info();
    assertEquals(NETWORK, info.architecture());
    assertEquals(WeightKind.EMA, info.weights());
    assertEquals(CLASSES, info.classes());
    assertEquals(Interpolation.TORCHVISION, info.preprocessing().interpolation());
    assertEquals(2, info.training().epoch());
    assertEquals(20, info.training().step());
    assertEquals("sha256:data", info.training().dataset());
    assertEquals("", info.training().recipe(), "recipes of two seeds are not one");
    assertEquals(
        List.of(
            new Average.Part("epoch-0001", digest(1), 0.5, null),
            new Average.Part("epoch-0002", digest(2), 0.5, null)),
        info.training().average().parts());
    assertNull(info.training().average().chosenOn());
  }

  /** A training folder contains its best checkpoint twice. */
  @Test
  void copiesCountOnceWhateverTheirFolder() throws IOException {
    run("--checkpoints=" + folder.resolve("run"), to("all"));
    List<Average.Part> parts = read("all").info().training().average().parts();

    assertEquals(
        List.of("best", "epoch-0001", "epoch-0002"),
        parts.stream().map(Average.Part::name).toList());
    run(
        "--checkpoints=" + folder.resolve("run/checkpoints/{best,epoch-000[12]}.safetensors"),
        to("again"));
    assertArrayEquals(Files.readAllBytes(path("all")), Files.readAllBytes(path("again")));
  }

  @Test
  void refusesIncompatibleCheckpointsInOneLine() throws IOException {
    write("wide", network(12), CLASSES, 4);
    write("swapped", NETWORK, List.of("dark", "light", "grey"), 5);
    write("alone/a", NETWORK, CLASSES, 6);
    Files.copy(path("alone/a"), path("alone/b"));
    Files.writeString(path("mine"), "mine");

    refused(files(1) + path("wide"), "only checkpoints of the same network");
    refused(files(1) + path("swapped"), "class 1 is 'grey' in one and 'light' in the other");
    refused("--checkpoints=" + folder.resolve("alone"), "names only");
    refused(files(1), "names only");
    assertEquals(
        path("mine") + " already exists; choose another --to",
        assertThrows(IOException.class, () -> run(files(1, 2), to("mine"))).getMessage());
    assertEquals("mine", Files.readString(path("mine")));
  }

  private static void refused(String checkpoints, String words) {
    IOException refusal =
        assertThrows(IOException.class, () -> run(checkpoints, to("never/refused")));
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertTrue(Files.notExists(path("never/refused")));
  }
}
