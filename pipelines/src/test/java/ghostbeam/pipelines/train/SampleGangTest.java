package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchBuffers;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.Division;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rank of batch 32, two of 16 and four of 8, on real images. */
@Timeout(1200)
final class SampleGangTest {
  private static final int STEP_IMAGES = 32;
  private static final int STEPS = 20;

  @TempDir static Path root;

  private static SampleTraining sample;
  private static List<Double> alone;

  @BeforeAll
  static void trainAlone() throws IOException {
    sample = SampleTraining.prepare(root, STEPS * STEP_IMAGES / 10, 4);
    alone = losses(1, true);
  }

  /**
   * At this rate twenty updates change the loss by 1e-3 of itself, and rounding by 2e-5. At 1e-4
   * training amplifies rounding to 5e-2.
   */
  private static List<Double> losses(int ranks, boolean synchronizes) throws IOException {
    List<Double> losses =
        sample.losses(
            ranks + " " + synchronizes,
            "--ranks=" + ranks,
            "--batchSize=" + STEP_IMAGES / ranks,
            "--syncBn=" + synchronizes,
            "--lr=1e-6",
            "--lrMax=1e-6",
            "--lrEnd=1e-6");
    assertEquals(STEPS, losses.size());
    return losses;
  }

  private static double furthest(List<Double> losses) {
    double furthest = 0;
    for (int i = 0; i < STEPS; i++) {
      furthest = Math.max(furthest, Math.abs(losses.get(i) / alone.get(i) - 1));
    }
    return furthest;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void ranksHaveTheLossesOfOneRank(int ranks) throws IOException {
    double furthest = furthest(losses(ranks, true));
    System.out.printf("%d ranks: losses within %.1e of one rank's%n", ranks, furthest);
    assertTrue(furthest < 1e-4, () -> "losses differ by " + furthest);
  }

  /** A gang can miss the bound of the test above. */
  @Test
  void ranksThatDoNotSynchronizeHaveOtherLosses() throws IOException {
    double furthest = furthest(losses(2, false));
    assertTrue(furthest > 1e-4, () -> "losses differ by " + furthest);
  }

  /** Crops and flips are drawn by record number, so equal records have equal bytes. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void ranksLoadTogetherWhatOneRankLoads(int ranks) throws Exception {
    List<Batch> whole = batches(0, 1);
    for (int rank = 0; rank < ranks; rank++) {
      List<Batch> own = batches(rank, ranks);
      assertEquals(STEPS, own.size());
      for (int i = 0; i < STEPS; i++) {
        Batch part = own.get(i);
        int first = part.share().first();
        int bytes = part.images().remaining() / part.targets().labels().length;
        assertEquals(first, rank * part.targets().labels().length);
        assertEquals(
            whole.get(i).images().slice(first * bytes, part.images().remaining()), part.images());
        assertArrayEquals(
            Arrays.copyOfRange(
                whole.get(i).targets().labels(), first, first + part.targets().labels().length),
            part.targets().labels());
      }
    }
  }

  private static List<Batch> batches(int rank, int ranks) throws Exception {
    TrainingView view = new TrainingView(32, 0.5, Interpolation.PILLOW, Augmentation.NONE);
    try (Dataset data = Dataset.open(Storage.local(), sample.data(), "train")) {
      int records = (int) data.manifest().records();
      EpochPlan plan = EpochPlan.of(1, 1, records, new Division(STEP_IMAGES, 1, true), rank, ranks);
      Batch[] batches = new Batch[plan.batches()];
      try (BatchLoader loader = new BatchLoader(data, view, plan, 0, 1, new BatchBuffers())) {
        for (int i = 0; i < batches.length; i++) {
          Batch batch = loader.next();
          ByteBuffer copy = ByteBuffer.allocate(batch.images().remaining());
          copy.put(batch.images()).flip();
          batches[i] = new Batch(copy, batch.targets(), batch.share());
        }
      }
      return List.of(batches);
    }
  }

  /**
   * Weights of two seeds have nothing in common, and Top-1 of any two trainings may coincide; so
   * how far apart two trainings are, is on how many validation images they give other answers.
   * -Psoak runs it.
   */
  @Test
  @Tag("soak")
  void ranksEndAnEpochNoFurtherApartThanTwoSeeds(@TempDir Path folder) throws Exception {
    SampleTraining full = SampleTraining.prepare(folder, 500, 100);
    int[] one = full.answers("one", "--batchSize=32", "--seed=1");
    int[] seed = full.answers("seed", "--batchSize=32", "--seed=2");
    int seeds = differences(one, seed);
    for (int ranks : List.of(2, 4)) {
      int[] gang =
          full.answers(
              "of " + ranks,
              "--ranks=" + ranks,
              "--batchSize=" + STEP_IMAGES / ranks,
              "--seed=1",
              "--syncBn");
      int apart = differences(one, gang);
      System.out.printf(
          "%d ranks answer %d of %d images otherwise than one, another seed %d%n",
          ranks, apart, one.length, seeds);
      assertTrue(apart <= seeds, () -> apart + " differ, of two seeds " + seeds);
    }
  }

  private static int differences(int[] first, int[] second) {
    int differences = 0;
    for (int i = 0; i < first.length; i++) {
      differences += first[i] == second[i] ? 0 : 1;
    }
    return differences;
  }
}
