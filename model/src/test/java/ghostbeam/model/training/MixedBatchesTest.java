package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.augmentation.Mixture;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchBuffers;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.Division;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.input.SampleSheet;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Batches with everything random enabled are a function of seed, epoch and records, whoever loads
 * them.
 */
final class MixedBatchesTest {
  private static final long SEED = 5;
  private static final int EPOCH = 3;

  @TempDir static Path root;

  private static final TrainingView VIEW = view();

  private record Loaded(List<Float> images, List<Integer> labels, double lambda) {}

  @BeforeAll
  static void writeData() throws Exception {
    TinyTraining.writeData(root);
  }

  private static TrainingView view() {
    TrainingSpec spec = TinyTraining.with(TinyTraining.SPEC, "randAugment", "\"2,9\"");
    spec = TinyTraining.with(spec, "randomErasing", "0.5");
    spec = TinyTraining.with(spec, "mixup", "0.4");
    return TinyTraining.with(spec, "cutmix", "1").trainingView();
  }

  /** Eighteen images in batches of five and a last one of three, for one rank. */
  private static EpochPlan plan(int epoch) {
    return plan(epoch, 0, 1);
  }

  private static EpochPlan plan(int epoch, int rank, int ranks) {
    Division fives = new Division(5, 1, false);
    return EpochPlan.of(SEED, epoch, TinyTraining.IMAGES, fives, rank, ranks);
  }

  private static List<Loaded> load(EpochPlan plan, int first, int threads) throws Exception {
    List<Loaded> all = new ArrayList<>();
    try (Dataset data = Dataset.open(Storage.local(), root.toString(), "train");
        BatchLoader loader =
            new BatchLoader(data, VIEW, plan, first, threads, new BatchBuffers())) {
      for (int i = first; i < plan.batches(); i++) {
        Batch batch = loader.next();
        List<Float> images = new ArrayList<>();
        while (batch.images().hasRemaining()) {
          images.add(batch.images().getFloat());
        }
        List<Integer> labels = new ArrayList<>();
        for (int label : batch.targets().labels()) {
          labels.add(label);
        }
        all.add(new Loaded(images, labels, batch.targets().lambda()));
      }
    }
    return all;
  }

  @Test
  void areTheSameForAnyNumberOfThreadsAndFirstBatch() throws Exception {
    List<Loaded> one = load(plan(EPOCH), 0, 1);
    assertEquals(4, one.size());
    assertEquals(one, load(plan(EPOCH), 0, 4));
    assertEquals(one.subList(2, 4), load(plan(EPOCH), 2, 3));
    assertNotEquals(one, load(plan(EPOCH + 1), 0, 1));
  }

  /** With the same message wherever it is found. */
  @Test
  void nameTheRecordThatIsNotAnImage(@TempDir Path damaged) throws Exception {
    TinyTraining.writeData(damaged, 7);
    try (Dataset train = Dataset.open(Storage.local(), damaged.toString(), "train");
        Dataset val = Dataset.open(Storage.local(), damaged.toString(), "val");
        BatchLoader loader = new BatchLoader(train, VIEW, plan(EPOCH), 0, 2, new BatchBuffers());
        Validation validation =
            new Validation(
                val, new ValidationView(16, 1, VIEW.interpolation()), Collective.alone(), 1)) {
      assertNoImage("train", loader::next);
      assertNoImage("train", () -> new SampleSheet(train, VIEW, SEED).png(18, 1));
      assertNoImage("val", () -> validation.correct(List.of()));
    }
  }

  private static void assertNoImage(String split, Executable reading) {
    IOException failure =
        assertThrows(
            IOException.class,
            () -> {
              for (int i = 0; i < 4; i++) {
                reading.execute();
              }
            });
    assertEquals(
        "record 7 of split %s (b/7) cannot be decoded: 5 bytes are not a raw image of 16×16; preprocess the dataset again"
            .formatted(split),
        failure.getMessage());
  }

  /** Each rank mixes its own images, all in the same way. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 2", "1, 2"})
  void mixFirstWithLastAsDrawnForTheBatch(int rank, int ranks) throws Exception {
    EpochPlan plan = plan(EPOCH, rank, ranks);
    int floats = 3 * VIEW.inputSize() * VIEW.inputSize();
    Set<Double> lambdas = new HashSet<>();
    try (Dataset data = Dataset.open(Storage.local(), root.toString(), "train")) {
      int number = 0;
      for (Loaded batch : load(plan, 0, 2)) {
        int all = Math.min(5, TinyTraining.IMAGES - 5 * number);
        int from = all * rank / ranks;
        int count = all * (rank + 1) / ranks - from;
        assertEquals(count, batch.labels().size());
        int[] records = new int[count];
        FloatBuffer[] images = new FloatBuffer[count];
        for (int i = 0; i < count; i++) {
          records[i] = plan.order()[5 * number + from + i];
          images[i] = FloatBuffer.allocate(floats);
          VIEW.put(
              new ExampleDecoder(Codec.best()).decode(data.read(records[i])),
              SampleOrder.random(SEED, EPOCH, records[i]),
              images[i]);
          assertEquals(records[i] % 2, batch.labels().get(i));
        }
        Mixture mixture =
            VIEW.mixing().draw(VIEW.inputSize(), SampleOrder.ofMixing(SEED, EPOCH, number));
        assertEquals(mixture.lambda(), batch.lambda());
        for (int i = 0; i < count / 2; i++) {
          mixture.mix(images[i], images[count - 1 - i]);
        }
        for (int i = 0; i < count; i++) {
          float[] loaded = new float[floats];
          for (int j = 0; j < floats; j++) {
            loaded[j] = batch.images().get(i * floats + j);
          }
          assertArrayEquals(images[i].array(), loaded);
        }
        lambdas.add(batch.lambda());
        number++;
      }
    }
    assertEquals(ranks == 1 ? 4 : 3, lambdas.size(), "each batch is mixed in its own way");
  }
}
