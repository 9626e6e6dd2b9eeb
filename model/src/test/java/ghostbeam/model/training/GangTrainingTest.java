package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.distributed.Ranks;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training with several ranks, each in its own thread. */
@Timeout(600)
final class GangTrainingTest {
  private static final int RANKS = 2;

  @TempDir static Path root;
  @TempDir Path folder;

  @BeforeAll
  static void writeData() throws IOException {
    TinyTraining.writeData(root);
  }

  /** Everything random is enabled, and the last batch, of two images, is dropped. */
  private static TrainingSpec spec(int ranks, int batchSize) {
    TrainingSpec spec = TinyTraining.with(TinyTraining.SPEC, "batchSize", batchSize + "");
    spec = TinyTraining.with(spec, "ranks", ranks + "");
    spec = TinyTraining.with(spec, "drop", "0.2");
    spec = TinyTraining.with(spec, "dropPath", "0.3");
    return TinyTraining.with(spec, "autoaugment", "true");
  }

  /** Trains with a storage for rank 0, and one that rejects every file for the others. */
  private void train(Storage storage, Path output, TrainingSpec spec, boolean resume)
      throws Exception {
    TrainingJob job = TinyTraining.job(spec, root, output).withResume(resume);
    Ranks.each(
        folder.resolve("notes"),
        spec.recipe().batching().ranks(),
        collective -> {
          Storage own = collective.rank() == 0 ? storage : new FullDisk(0);
          Trainer.run(own, job, collective);
          return collective.rank();
        });
  }

  private Path train(String name, TrainingSpec spec) throws Exception {
    Path output = folder.resolve(name);
    train(Storage.local(), output, spec, false);
    return output;
  }

  private static void assertSame(Path expected, Path actual) throws IOException {
    List<String> names = TinyTraining.checkpoints(expected);
    assertEquals(names, TinyTraining.checkpoints(actual));
    List<String> files = new ArrayList<>(List.of(TrainingFolder.STATE));
    names.forEach(name -> files.add("checkpoints/" + name + ".safetensors"));
    for (String file : files) {
      assertEquals(-1, Files.mismatch(expected.resolve(file), actual.resolve(file)), file);
    }
  }

  @Test
  void givesTheSameBytesWhereverItWasStopped() throws Exception {
    TrainingSpec spec = spec(RANKS, 3);
    Path whole = train("whole", spec);
    assertSame(whole, train("again", spec));
    int stops = 0;
    for (int files = 0; ; files += 5) {
      Path output = folder.resolve("stopped" + files);
      try {
        train(new FullDisk(files), output, spec, true);
        break;
      } catch (IOException e) {
        assertTrue(e.getMessage().startsWith("rank 0 of 2: no space left"), e.getMessage());
        stops++;
      }
      train(Storage.local(), output, spec, true);
      assertSame(whole, output);
      assertEquals(TinyTraining.log(whole, true), TinyTraining.log(output, true));
    }
    assertTrue(stops > 3, stops + " stops");
  }

  @Test
  void syncBnTrainingIsReproducible() throws Exception {
    TrainingSpec apart = TinyTraining.with(spec(RANKS, 2), "accumulate", "2");
    TrainingSpec spec = TinyTraining.with(apart, "syncBn", "true");
    Path first = train("first", spec);
    assertEquals(4, TinyTraining.checkpoint(first, "epoch-0002").info().training().step());
    assertSame(first, train("second", spec));
    Path own = train("own", apart);
    String best = "checkpoints/best.safetensors";
    assertTrue(Files.mismatch(first.resolve(best), own.resolve(best)) >= 0, "no effect");
  }

  @Test
  void dividesTheSameBatchesAmongAnyNumberOfRanks() throws Exception {
    List<List<Double>> losses = new ArrayList<>();
    List<Double> top1 = new ArrayList<>();
    for (int ranks : List.of(1, 2, 4)) {
      TrainingSpec spec = TinyTraining.with(spec(ranks, 8 / ranks), "syncBn", "true");
      spec = TinyTraining.with(spec, "epochs", "10");
      spec = TinyTraining.with(spec, "lr", "1e-4");
      spec = TinyTraining.with(spec, "lrMax", "1e-4");
      Path output = train("of" + ranks, spec);
      losses.add(
          TinyTraining.log(output, false).stream().map(l -> l.get("loss").asDouble()).toList());
      top1.add(TinyTraining.log(output, true).get(0).get("top1").asDouble());
    }
    assertEquals(20, losses.get(0).size());
    for (int i = 0; i < 20; i++) {
      double alone = losses.get(0).get(i);
      assertEquals(alone, losses.get(1).get(i), 1e-3, "step " + i + " of 2 ranks");
      assertEquals(alone, losses.get(2).get(i), 1e-3, "step " + i + " of 4 ranks");
    }
    assertEquals(top1.get(0), top1.get(1), 1.0 / TinyTraining.IMAGES + 1e-9);
  }

  @Test
  void countsEveryValidationImageOnceOnAnyNumberOfRanks() throws Exception {
    Weights weights = TinyTraining.network(2).initialWeights(3);
    List<long[]> counts = new ArrayList<>();
    for (int ranks : List.of(1, 2, 3)) {
      List<long[]> each =
          Ranks.each(folder.resolve("notes"), ranks, collective -> count(collective, weights));
      each.forEach(count -> assertArrayEquals(each.get(0), count));
      counts.add(each.get(0));
    }
    assertArrayEquals(counts.get(0), counts.get(1));
    assertArrayEquals(counts.get(0), counts.get(2));
    assertTrue(counts.get(0)[0] > 0 && counts.get(0)[0] <= TinyTraining.IMAGES);
  }

  private static long[] count(Collective collective, Weights weights)
      throws IOException, InterruptedException {
    try (Dataset val = Dataset.open(Storage.local(), root.toString(), "val");
        Validation validation =
            new Validation(val, TinyTraining.SPEC.validationView(), collective, 1);
        Classifier classifier = Classifier.of(TinyTraining.network(2), weights)) {
      return validation.correct(List.of(classifier));
    }
  }

  @Test
  void startsFromRankZerosWeightsAndDetectsDifferences() throws Exception {
    List<Map<String, float[]>> states =
        Ranks.each(
            folder,
            RANKS,
            collective -> {
              Weights own = TinyTraining.network(2).initialWeights(collective.rank());
              try (Learner learner = new Learner(TinyTraining.SPEC, own, collective)) {
                AdvisedException differ =
                    assertThrows(AdvisedException.class, () -> learner.requireSameOnAllRanks(7));
                assertTrue(
                    differ.getMessage().startsWith("after epoch 7 the weights of rank 1 are not"),
                    differ.getMessage());
                assertEquals(Optional.of(ModelRemedy.EQUAL_MACHINES.with()), differ.advice());
                learner.followRankZero();
                learner.requireSameOnAllRanks(7);
                return learner.state();
              }
            });
    states.get(0).forEach((name, values) -> assertArrayEquals(values, states.get(1).get(name)));
    Weights zero = TinyTraining.network(2).initialWeights(0);
    try (Learner alone = new Learner(TinyTraining.SPEC, zero, Collective.alone())) {
      alone
          .state()
          .forEach((name, values) -> assertArrayEquals(values, states.get(1).get(name), name));
    }
  }

  @Test
  void leavesNothingButItsOutput() throws Exception {
    train("output", spec(RANKS, 3));
    try (Stream<Path> notes = Files.walk(folder.resolve("notes"))) {
      assertFalse(notes.anyMatch(Files::isRegularFile));
    }
  }
}
