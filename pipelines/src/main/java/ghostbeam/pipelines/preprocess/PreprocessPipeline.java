package ghostbeam.pipelines.preprocess;

import ghostbeam.model.record.Manifest;
import ghostbeam.pipelines.Launch;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.FinishDataset;
import ghostbeam.transforms.shard.PlanShards;
import ghostbeam.transforms.shard.ShardSummary;
import ghostbeam.transforms.shard.SourceSummary;
import ghostbeam.transforms.shard.WriteShards;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;

/** Source images to sharded records: list and plan, write shards, sum up. */
public final class PreprocessPipeline {
  private static final double MIB = 1 << 20;

  private final PreprocessRequest request;

  PreprocessPipeline(PreprocessRequest request) {
    this.request = request;
  }

  /**
   * Makes one split of a dataset and says in two lines what came out.
   *
   * @throws ghostbeam.pipelines.UsageException for a flag's value that cannot be
   * @throws IOException if input or output cannot be used
   * @throws IllegalStateException if too many images are rejected
   */
  public static void run(PreprocessOptions options, PrintStream out) throws IOException {
    PreprocessRequest request = PreprocessRequest.of(options);
    Launch.prepare(options);
    request.output().requireFree(options.isOverwrite());
    long start = System.nanoTime();
    Pipeline pipeline = Pipeline.create(options);
    new PreprocessPipeline(request).setupPipeline(pipeline);
    Launch.run(pipeline);
    double seconds = (System.nanoTime() - start) / 1e9;
    out.print(summary(request.output().manifest(), seconds));
  }

  void setupPipeline(Pipeline pipeline) {
    PCollection<ImageSource> source = pipeline.apply("Source", Create.of(request.source()));
    PCollectionTuple plan =
        source.apply(
            "Plan shards", new PlanShards(request.output(), request.shards(), request.seed()));
    PCollectionView<Iterable<SourceSummary>> summary =
        plan.get(PlanShards.SOURCE).apply("Source summary", View.asIterable());
    PCollection<ShardSummary> shards =
        plan.get(PlanShards.SHARDS)
            .apply("Write shards", new WriteShards(request.output(), request.preparation()));
    shards.apply(
        "Finish dataset",
        new FinishDataset(
            request.output(),
            request.preparation(),
            request.seed(),
            request.maxRejected(),
            summary));
  }

  private static String summary(Manifest manifest, double seconds) {
    long bytes = manifest.shards().stream().mapToLong(Manifest.Shard::bytes).sum();
    return String.format(
        Locale.ROOT,
        "%s: %,d images of %d classes in %d shards, %,.1f MiB; %d rejected; %.1f s, %,.0f images/s%n"
            + "digest %s%n",
        manifest.split(),
        manifest.records(),
        manifest.classes().size(),
        manifest.shards().size(),
        bytes / MIB,
        manifest.rejected(),
        seconds,
        manifest.source().images() / seconds,
        manifest.digest());
  }
}
