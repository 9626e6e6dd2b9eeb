package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ghostbeam.model.augmentation.Mixture;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchBuffers;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.Division;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.storage.Storage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches with all that is random: a function of seed, epoch and records, whoever loads them. */
final class MixedBatchesTest {
  private static final long SEED = 5;
  private static final int EPOCH = 3;

  @TempDir static Path root;

  private static final TrainingView VIEW = view();

  private record Loaded(List<Float> images, List<Integer> labels, double share) {}

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

  /** Eighteen images in batches of five and, at last, three. */
  private static EpochPlan plan(int epoch) {
    return EpochPlan.of(SEED, epoch, TinyTraining.IMAGES, new Division(5, 1, false), 0, 1);
  }

  private static List<Loaded> load(int epoch, int first, int threads) throws Exception {
    List<Loaded> all = new ArrayList<>();
    try (Dataset data = Dataset.open(Storage.local(), root.toString(), "train");
        BatchLoader loader =
            new BatchLoader(data, VIEW, plan(epoch), first, threads, new BatchBuffers())) {
      for (int i = first; i < plan(epoch).batches(); i++) {
        Batch batch = loader.next();
        List<Float> images = new ArrayList<>();
        while (batch.images().hasRemaining()) {
          images.add(batch.images().getFloat());
        }
        List<Integer> labels = new ArrayList<>();
        for (int label : batch.targets().labels()) {
          labels.add(label);
        }
        all.add(new Loaded(images, labels, batch.targets().share()));
      }
    }
    return all;
  }

  @Test
  void areTheSameForAnyNumberOfThreadsAndFromAnyBatchOn() throws Exception {
    List<Loaded> one = load(EPOCH, 0, 1);
    assertEquals(4, one.size());
    assertEquals(one, load(EPOCH, 0, 4));
    assertEquals(one.subList(2, 4), load(EPOCH, 2, 3));
    assertNotEquals(one, load(EPOCH + 1, 0, 1));
  }

  @Test
  void mixFirstWithLastAsDrawnForTheBatch() throws Exception {
    int floats = 3 * VIEW.inputSize() * VIEW.inputSize();
    Set<Double> shares = new HashSet<>();
    try (Dataset data = Dataset.open(Storage.local(), root.toString(), "train")) {
      int number = 0;
      for (Loaded batch : load(EPOCH, 0, 2)) {
        int count = batch.labels().size();
        int[] records = new int[count];
        FloatBuffer[] images = new FloatBuffer[count];
        for (int i = 0; i < count; i++) {
          records[i] = plan(EPOCH).order()[5 * number + i];
          images[i] = FloatBuffer.allocate(floats);
          VIEW.put(
              new ExampleDecoder(Codec.best()).decode(data.read(records[i])),
              SampleOrder.random(SEED, EPOCH, records[i]),
              images[i]);
          assertEquals(records[i] % 2, batch.labels().get(i));
        }
        Mixture mixture =
            VIEW.mixing().draw(VIEW.inputSize(), SampleOrder.ofMixing(SEED, EPOCH, number));
        assertEquals(mixture.share(), batch.share());
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
        shares.add(batch.share());
        number++;
      }
    }
    assertEquals(4, shares.size(), "each batch is mixed in its own way");
  }
}
