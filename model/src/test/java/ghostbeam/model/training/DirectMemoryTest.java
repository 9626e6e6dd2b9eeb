package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.BatchBuffers;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.Division;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java frees direct buffers only when it collects the heap, which training rarely fills. */
final class DirectMemoryTest {
  private static final int EPOCHS = 20;
  private static final int THREADS = 2;

  @TempDir static Path root;

  @BeforeAll
  static void writeData() throws Exception {
    TinyTraining.writeData(root);
  }

  @Test
  void epochsReuseBuffers() throws Exception {
    TrainingSpec spec = TinyTraining.SPEC;
    BatchBuffers buffers = new BatchBuffers();
    try (Dataset data = Dataset.open(Storage.local(), root.toString(), "train")) {
      long before = 0;
      for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        EpochPlan plan =
            EpochPlan.of(1, epoch, TinyTraining.IMAGES, new Division(4, 1, true), 0, 1);
        try (BatchLoader loader =
            new BatchLoader(data, spec.trainingView(), plan, 0, THREADS, buffers)) {
          for (int i = 0; i < plan.batches(); i++) {
            assertTrue(loader.next().images().isDirect());
          }
        }
        before = epoch == 1 ? directBuffers() : before;
      }
      // The last loader's threads, each with a buffer for reading files, may still be running.
      long grown = directBuffers() - before;
      assertTrue(grown <= THREADS, () -> grown + " more after " + EPOCHS + " epochs");
    }
  }

  @Test
  void validationsReuseBuffers() throws Exception {
    Weights weights = TinyTraining.network(2).initialWeights(3);
    try (Dataset val = Dataset.open(Storage.local(), root.toString(), "val");
        Validation validation =
            new Validation(val, TinyTraining.SPEC.validationView(), Collective.alone(), 1);
        Classifier classifier = Classifier.of(TinyTraining.network(2), weights)) {
      validation.correct(List.of(classifier));
      long before = directBuffers();
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        validation.correct(List.of(classifier));
      }
      assertEquals(0, Math.max(0, directBuffers() - before));
    }
  }

  private static long directBuffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }
}
