package ghostbeam.transforms.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.Trainer;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.model.training.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainEachTest {
  private static final Storage STORAGE = Storage.local();
  private static final int SIDE = 16;
  private static final int IMAGES = 12;
  private static final String LAST = "checkpoints/epoch-0001.safetensors";

  @TempDir static Path root;

  @BeforeAll
  static void build() throws IOException {
    for (String split : List.of("train", "val")) {
      String file = DatasetFolder.shard(split, 0, 1);
      Path shard = root.resolve("data").resolve(file);
      try (ShardWriter writer = new ShardWriter(STORAGE.create(shard.toString()))) {
        Random random = new Random(split.length());
        for (int i = 0; i < IMAGES; i++) {
          byte[] rgb = new byte[SIDE * SIDE * 3];
          random.nextBytes(rgb);
          writer.write(
              new Example(
                  rgb, "RAW", SIDE, SIDE, 3, "RGB", i % 2, "ab".substring(i % 2), i + "", "", ""));
        }
        Files.write(shard.resolveSibling(DatasetFolder.index(file)), writer.index());
        new Manifest(
                Manifest.FORMAT,
                split,
                IMAGES,
                List.of("a", "b"),
                List.of(IMAGES / 2L, IMAGES / 2L),
                Manifest.ORDINARY_LABELS,
                1,
                new Manifest.Settings("raw", 0, 95, "none"),
                new Manifest.Source("noise", IMAGES, "sha256:00"),
                List.of(Manifest.Shard.of(file, writer)),
                0,
                "")
            .withDigest()
            .write(STORAGE, root.resolve("data").toString());
      }
    }
  }

  private static TrainingJob job(int width, Path folder) {
    return job(width, folder, 0.1);
  }

  private static TrainingJob job(int width, Path folder, double rate) {
    Recipe recipe =
        Recipe.ORIGINAL
            .with(Batching::batchSize, 4)
            .with(LearningRate::warmupEpochs, 0)
            .with(LearningRate::epochs, 1)
            .with(LearningRate::lrMax, rate);
    TrainingSpec spec =
        new TrainingSpec(
            BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, width), false)
                .withInputSize(SIDE)
                .withClasses(2),
            recipe,
            "");
    return TrainingJob.of(spec, root.resolve("data").toString(), folder.toString());
  }

  private static List<TrainingJob> jobs(String folder) {
    List<TrainingJob> jobs = new ArrayList<>();
    for (int width = 4; width <= 12; width += 4) {
      jobs.add(job(width, root.resolve(folder).resolve("width-" + width)));
    }
    return jobs;
  }

  private static TrainingOutcome trained(TrainingJob job) {
    return new TrainingOutcome.Trained(job.output());
  }

  private static void run(List<TrainingJob> jobs, int slots) {
    run(jobs, slots, jobs.stream().map(TrainEachTest::trained).toList());
  }

  private static void run(List<TrainingJob> jobs, int slots, List<TrainingOutcome> expected) {
    DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
    options.setTargetParallelism(slots);
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(TrainEach.of(STORAGE, jobs))).containsInAnyOrder(expected);
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    MetricQueryResults counted =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(TrainEach.class, "trainings_done"))
                    .build());
    assertEquals(jobs.size(), counted.getCounters().iterator().next().getAttempted());
  }

  /** Alone, beside others, and after all but one were through when a worker was lost. */
  @Test
  void aTrainingsBytesDependOnNothingBesideIt() throws Exception {
    List<TrainingJob> together = jobs("together");
    run(together, 2);
    for (TrainingJob job : jobs("alone")) {
      Trainer.run(STORAGE, job, Collective.alone());
    }
    List<TrainingJob> again = jobs("again");
    run(again.subList(0, 2), 1);
    Path done = Path.of(again.get(0).output()).resolve(LAST);
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(done, longAgo);
    run(again, 1);
    assertEquals(longAgo, Files.getLastModifiedTime(done), "it was trained again");
    for (int i = 0; i < together.size(); i++) {
      byte[] expected = Files.readAllBytes(Path.of(jobs("alone").get(i).output()).resolve(LAST));
      for (TrainingJob job : List.of(together.get(i), again.get(i))) {
        assertArrayEquals(
            expected, Files.readAllBytes(Path.of(job.output()).resolve(LAST)), job.output());
      }
    }
  }

  /** Another training of the same job ends as usual, and a rerun has the same outcome. */
  @Test
  void aDivergedTrainingIsAnOutcome() {
    TrainingJob wild = job(4, root.resolve("wild"), 1e30);
    TrainingJob tame = job(4, root.resolve("tame"));
    TrainingOutcome diverged =
        new TrainingOutcome.Diverged(
            wild.output(),
            "the loss became NaN at epoch 1, step 2 (learning rate 7.500000000000001E29)",
            ModelRemedy.LOWER_LEARNING_RATE.with());
    for (int i = 0; i < 2; i++) {
      run(List.of(wild, tame), 2, List.of(diverged, trained(tame)));
    }
  }

  @Test
  void coderKeepsOutcomes() throws IOException {
    for (TrainingOutcome outcome :
        List.of(
            new TrainingOutcome.Trained("a"),
            new TrainingOutcome.Diverged(
                "b", "nothing was learned", ModelRemedy.LOWER_LOSS_SCALE.with(128)))) {
      assertEquals(outcome, CoderUtils.clone(TrainingOutcomeCoder.of(), outcome));
    }
  }

  @Test
  void aFailureNamesItsTraining() {
    TrainingJob lost =
        TrainingJob.of(
            job(8, root).spec(), root.resolve("nowhere").toString(), root + "/without-data");
    String told =
        assertThrows(Pipeline.PipelineExecutionException.class, () -> run(List.of(lost), 1))
            .getCause()
            .getMessage();
    assertTrue(told.startsWith(lost.output() + ": "), told);
    assertTrue(told.contains("nowhere does not exist or is empty"), told);
  }

  @Test
  void refusesSeveralRanksAndSharedFolders() {
    TrainingJob job = job(8, root.resolve("x"));
    assertThrows(IllegalArgumentException.class, () -> TrainEach.of(STORAGE, List.of(job, job)));
    TrainingJob ofTwo =
        TrainingJob.of(
            new TrainingSpec(job.spec().architecture(), job.recipe().with(Batching::ranks, 2), ""),
            job.data(),
            job.output());
    assertThrows(IllegalArgumentException.class, () -> TrainEach.of(STORAGE, List.of(ofTwo)));
  }
}
