package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScoreEachTest {
  @TempDir Path root;

  /** Compares every tally with undecodable images and two views. */
  @Test
  void givesTheSameTalliesAsScoreCheckpoints() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest manifest = world.dataset(Set.of(4));
    List<Candidate> candidates = List.of(world.candidate("a", 1, 32), world.candidate("b", 2, 40));
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Tally>> together =
        pipeline.apply(ScoreCheckpoints.of(Storage.local(), world.folder(), manifest, candidates));
    PCollection<KV<String, Tally>> apart =
        pipeline
            .apply(
                Create.of(
                        candidates.stream()
                            .map(candidate -> KV.of(candidate.name(), candidate.path()))
                            .toList())
                    .withCoder(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of())))
            .apply(ScoreEach.of(Storage.local(), world.folder(), manifest));
    PAssert.that(PCollectionList.of(together).and(apart).apply(Flatten.pCollections()))
        .satisfies(
            all -> {
              Map<String, List<Tally>> byName = new TreeMap<>();
              all.forEach(
                  tally ->
                      byName
                          .computeIfAbsent(tally.getKey(), name -> new ArrayList<>())
                          .add(tally.getValue()));
              assertEquals(2, byName.size());
              byName.forEach(
                  (name, two) -> {
                    assertEquals(2, two.size(), name);
                    assertEquals(two.get(0), two.get(1), name);
                    assertEquals(TinyWorld.RECORDS, two.get(0).records());
                  });
              return null;
            });
    pipeline.run().waitUntilFinish();
    ScoreCheckpoints.freeWeights();
  }

  /** The records are valid but not the ones written: a copy of another run's shard. */
  @Test
  void refusesAShardThatDiffersFromTheManifest() throws IOException {
    TinyWorld world = new TinyWorld(root);
    Manifest sound = world.dataset(Set.of());
    Manifest.Shard shard = sound.shards().get(0);
    Manifest other =
        new Manifest(
                sound.format(),
                sound.split(),
                sound.records(),
                sound.classes(),
                sound.labelCounts(),
                sound.labels(),
                sound.seed(),
                sound.settings(),
                sound.source(),
                List.of(
                    new Manifest.Shard(shard.file(), shard.records(), shard.bytes(), "00000000")),
                sound.rejected(),
                "")
            .withDigest();
    Storage.local().delete(world.folder() + "/val-manifest.json");
    other.write(Storage.local(), world.folder());
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", world.candidate("a", 1, 32).path())))
        .apply(ScoreEach.of(Storage.local(), world.folder(), other));
    String told =
        assertThrows(
                Pipeline.PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish())
            .getCause()
            .getMessage();
    assertTrue(told.contains("its manifest says 00000000"), told);
    ScoreCheckpoints.freeWeights();
  }
}
