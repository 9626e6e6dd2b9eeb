package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.prediction.WritePredictions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ScoreCheckpointsTest {
  private static final long MEMORY = 1L << 30;

  @TempDir Path root;

  @Test
  void everyCandidateScoresEveryRecordOnce() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of());
    List<Candidate> candidates =
        List.of(
            world.candidate("a", 1, 32), world.candidate("b", 2, 32), world.candidate("c", 3, 40));
    Map<String, Long> metrics = run(world, manifest, candidates, 4);
    for (Candidate candidate : candidates) {
      Tally tally = read(candidate.name());
      tally.requireCoverage(TinyWorld.RECORDS);
      assertEquals(7, tally.ofClass(2).total());
      assertTrue(Double.isFinite(tally.loss()));
    }
    assertEquals(TinyWorld.RECORDS, metrics.get("images_decoded"));
    assertEquals(3L * TinyWorld.RECORDS, metrics.get("images_scored"));
  }

  @Test
  void anUndecodableImageIsWrongForAllAndListed() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of(3, 8, 9, 10, 11, 20));
    List<Candidate> candidates = List.of(world.candidate("a", 1, 32), world.candidate("b", 2, 32));
    long before = ScoredImages.count();
    Map<String, Long> metrics = run(world, manifest, candidates, 4);
    assertEquals(TinyWorld.RECORDS, ScoredImages.count() - before);
    for (Candidate candidate : candidates) {
      Tally tally = read(candidate.name());
      tally.requireCoverage(TinyWorld.RECORDS);
      assertArrayEquals(new int[] {3, 8, 9, 10, 11, 20}, tally.undecodable().toArray());
      assertEquals(TinyWorld.RECORDS - 6, tally.top5().correct());
    }
    assertEquals(6, metrics.get("images_undecodable"));
    assertEquals(TinyWorld.RECORDS - 6, metrics.get("images_decoded"));
  }

  /** The same lines in record order for any batch size; an undecodable image has empty cells. */
  @Test
  void predictionsHaveALineForEachRecord() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of(3, 8));
    List<Candidate> candidates = List.of(world.candidate("a", 1, 32), world.candidate("b", 2, 40));
    byte[][] files = new byte[2][];
    for (int batchSize : List.of(4, 10)) {
      String folder = root.resolve("predictions" + batchSize).toString();
      Pipeline pipeline = Pipeline.create();
      pipeline
          .apply(
              ScoreCheckpoints.of(Storage.local(), world.folder(), manifest, candidates)
                  .withBatchSize(batchSize)
                  .withPredictions(
                      WritePredictions.to(
                          Storage.local(), name -> folder + "/" + name + ".csv.gz")))
          .apply(WriteTallies.to(Storage.local(), paths(root.resolve("tallies").toString())));
      pipeline.run().waitUntilFinish();
      files[batchSize / 10] = Files.readAllBytes(Path.of(folder, "b.csv.gz"));
    }
    assertArrayEquals(files[0], files[1]);
    List<String> lines = lines(files[0]);
    assertEquals(TinyWorld.RECORDS + 1, lines.size());
    Tally tally = read("b");
    int right = 0;
    for (int record = 0; record < TinyWorld.RECORDS; record++) {
      String[] cells = lines.get(record + 1).split(",", -1);
      String label = manifest.classes().get(record % 3);
      assertEquals(13, cells.length);
      assertEquals(Integer.toString(record), cells[0]);
      assertEquals(label + "/" + record + ".JPEG", cells[1]);
      assertEquals(label, cells[2]);
      assertEquals(record == 3 || record == 8, cells[3].isEmpty());
      assertEquals(tally.top1Records().contains(record), cells[3].equals(label));
      right += cells[3].equals(label) ? 1 : 0;
    }
    assertEquals(tally.top1().correct(), right);
  }

  private static List<String> lines(byte[] gzipped) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void aCandidateScoresTheSameAloneAndWithOthers() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of(5));
    Candidate a = world.candidate("a", 1, 32);
    run(world, manifest, List.of(a), 8);
    Tally alone = read("a");
    run(world, manifest, List.of(world.candidate("b", 2, 40), a), 8);
    assertEquals(alone, read("a"));
  }

  @Test
  void aDatasetThatChangedSincePlanningFails() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest planned = world.dataset(Set.of());
    Candidate candidate = world.candidate("a", 1, 32);
    world.dataset(Set.of(1));
    Exception failure =
        assertThrows(Exception.class, () -> run(world, planned, List.of(candidate), 4));
    assertTrue(failure.toString().contains("changed while it was evaluated"), failure::toString);
  }

  @Test
  void twoCandidatesWithTheSameNameAreRefused() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of());
    Candidate a = world.candidate("a", 1, 32);
    assertThrows(IllegalArgumentException.class, () -> run(world, manifest, List.of(a, a), 4));
    assertTrue(Files.notExists(root.resolve("tallies")));
  }

  /** Tallies of any ranges, with batches starting anywhere, add up to the same. */
  @Test
  void rangesOfRecordsAddUpToAllOfThem() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of(3, 12));
    List<Candidate> candidates = List.of(world.candidate("a", 1, 32), world.candidate("b", 2, 32));
    run(world, manifest, candidates, 8);
    Tally all = read("a");
    Tally sum = Tally.empty();
    for (RecordRange range :
        List.of(new RecordRange(10, 21), new RecordRange(0, 3), new RecordRange(3, 10))) {
      run(world, manifest, range, candidates, 4, MEMORY);
      assertEquals(range.to() - range.from(), read("a").records());
      sum = sum.plus(read("a"));
    }
    assertEquals(all, sum);
  }

  @Test
  void weightsAreCachedForTheNextPassWithinTheMemoryLimit() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of());
    Candidate a = world.candidate("a", 1, 32);
    Candidate b = world.candidate("b", 2, 32);
    RecordRange all = all(manifest);
    ScoreCheckpoints.freeWeights();
    run(world, manifest, all, List.of(a), 4, a.memoryBytes() + b.memoryBytes());
    assertEquals(List.of(a.key()), LoadedClassifiers.keys());
    run(world, manifest, all, List.of(b), 4, a.memoryBytes() + b.memoryBytes());
    assertEquals(List.of(a.key(), b.key()), LoadedClassifiers.keys());
    run(world, manifest, all, List.of(a), 4, a.memoryBytes());
    assertEquals(List.of(a.key()), LoadedClassifiers.keys());
    ScoreCheckpoints.freeWeights();
    assertEquals(List.of(), LoadedClassifiers.keys());
  }

  @Test
  @Timeout(300)
  void theJobUsesWeightsLoadedAhead() throws Exception {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of());
    List<Candidate> candidates = List.of(world.candidate("a", 1, 32), world.candidate("b", 2, 32));
    ScoreCheckpoints.freeWeights();
    ScoreCheckpoints.of(Storage.local(), world.folder(), manifest, candidates).loadAhead();
    List<String> keys = candidates.stream().map(Candidate::key).toList();
    while (!LoadedClassifiers.keys().equals(keys)) {
      Thread.sleep(10);
    }
    run(world, manifest, candidates, 4);
    assertEquals(manifest.records(), read("a").records());
    ScoreCheckpoints.freeWeights();
  }

  private static RecordRange all(Manifest manifest) {
    return new RecordRange(0, manifest.records());
  }

  private Map<String, Long> run(
      TinyWorld world, Manifest manifest, List<Candidate> candidates, int batchSize) {
    return run(world, manifest, all(manifest), candidates, batchSize, MEMORY);
  }

  private Map<String, Long> run(
      TinyWorld world,
      Manifest manifest,
      RecordRange records,
      List<Candidate> candidates,
      int batchSize,
      long memoryBytes) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            ScoreCheckpoints.of(Storage.local(), world.folder(), manifest, candidates)
                .withRecords(records)
                .withBatchSize(batchSize)
                .withModelMemory(memoryBytes))
        .apply(WriteTallies.to(Storage.local(), paths(root.resolve("tallies").toString())));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    return StreamSupport.stream(result.metrics().allMetrics().getCounters().spliterator(), false)
        .filter(counter -> counter.getName().getNamespace().contains("ScoreCheckpoints"))
        .collect(
            Collectors.toMap(counter -> counter.getName().getName(), MetricResult::getAttempted));
  }

  private Tally read(String name) throws IOException {
    return Tally.fromBytes(Files.readAllBytes(root.resolve("tallies").resolve(name + ".tally")));
  }

  private static SerializableFunction<String, String> paths(String folder) {
    return name -> folder + "/" + name + ".tally";
  }
}
