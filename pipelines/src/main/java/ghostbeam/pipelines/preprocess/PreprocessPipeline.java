package ghostbeam.pipelines.preprocess;

import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.watch.ProgressTicker;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.Claim;
import ghostbeam.transforms.shard.DatasetFolder;
import ghostbeam.transforms.shard.FinishDataset;
import ghostbeam.transforms.shard.PlanShards;
import ghostbeam.transforms.shard.SourceSummary;
import ghostbeam.transforms.shard.WholeShard;
import ghostbeam.transforms.shard.WriteShards;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;

/** Source images to sharded records: list and plan, write shards, sum up. */
public final class PreprocessPipeline {
  private final PreprocessRequest request;

  PreprocessPipeline(PreprocessRequest request) {
    this.request = request;
  }

  /**
   * Makes one split of a dataset, or what an earlier run that died left to be made of it, and says
   * in a few lines what came out.
   *
   * @throws ghostbeam.pipelines.cli.UsageException for a flag's value that cannot be
   * @throws IOException if input or output cannot be used, or another run uses the output
   * @throws IllegalStateException if too many images are rejected
   */
  public static void run(PreprocessOptions options, PrintStream out) throws IOException {
    PreprocessRequest request = PreprocessRequest.of(options);
    Launch.prepare(options);
    request.output().requireFree(options.isOverwrite());
    RunLock.holding(
        request.output().lock(),
        () -> {
          request.output().requireFree(options.isOverwrite()); // the last holder may have ended it
          try (Claim claim = Claim.take(request.output())) {
            run(options, request.into(claim.output()), out);
          }
        });
  }

  private static void run(PreprocessOptions options, PreprocessRequest request, PrintStream out)
      throws IOException {
    long start = System.nanoTime();
    Pipeline pipeline = Pipeline.create(options);
    new PreprocessPipeline(request).setupPipeline(pipeline);
    String name = "preprocess %s %s".formatted(request.output().folder(), request.output().split());
    PipelineResult result = runWatched(pipeline, name, request.output());
    double seconds = (System.nanoTime() - start) / 1e9;
    out.print(new Summary(request.output(), result.metrics(), seconds).text());
  }

  private static PipelineResult runWatched(Pipeline pipeline, String name, DatasetFolder output)
      throws IOException {
    ProgressTicker ticker =
        ProgressTicker.start(
            "",
            "shards",
            () -> {
              DatasetFolder.Written written = output.written();
              return new ProgressTicker.Count(written.shards(), written.of());
            });
    try {
      return Launch.run(pipeline, name);
    } finally {
      ticker.close();
    }
  }

  void setupPipeline(Pipeline pipeline) {
    PCollection<ImageSource> source = pipeline.apply("Source", Create.of(request.source()));
    PCollectionTuple plan =
        source.apply(
            "Plan shards", new PlanShards(request.output(), request.shards(), request.seed()));
    PCollectionView<Iterable<SourceSummary>> summary =
        plan.get(PlanShards.SOURCE).apply("Source summary", View.asIterable());
    PCollection<WholeShard> shards =
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
}
