package ghostbeam.pipelines.preprocess;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.watch.ProgressTicker;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.shard.Claim;
import ghostbeam.transforms.shard.WriteShards;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** Source images to sharded records: list and plan, write shards, sum up. */
public final class PreprocessPipeline {
  private PreprocessPipeline() {}

  /**
   * Writes one split of a dataset, or the rest of what an interrupted run began, and prints a
   * summary.
   *
   * @throws ghostbeam.pipelines.cli.UsageException for an invalid flag
   * @throws IOException if input or output cannot be used, or another run is writing to the output
   * @throws IllegalStateException if too many images are rejected
   */
  public static void run(PreprocessOptions options, PrintStream out) throws IOException {
    PreprocessRequest request = PreprocessRequest.of(options);
    Launch.prepare(options);
    DatasetFolder output = request.output();
    requireFree(output, options.isOverwrite());
    WriteShards writing = request.writing();
    RunLock.holding(
        output.lockPath(),
        () -> {
          requireFree(output, options.isOverwrite()); // the last holder may have finished it
          try (Claim claim = Claim.take(output)) {
            // Read now: a list that disappears later must not cost hours of work.
            ClassList titled = titled(output.storage(), request.images().classes());
            run(options, writing.withClaim(claim).withTitles(titled), output, out);
          }
        });
  }

  /** Rejects an output that cannot take this split. */
  private static void requireFree(DatasetFolder output, boolean replace) throws IOException {
    if (output.storage().exists(output.folder())) {
      throw new IOException(
          output.folder() + " is a file; --output takes a folder, which need not exist");
    }
    if (!replace && output.isFinished()) {
      throw new IOException(
          String.format(
              "%s already holds a finished dataset of split %s; give another --output, or"
                  + " --overwrite to replace it",
              output.folder(), output.split()));
    }
  }

  private static void run(
      PreprocessOptions options, WriteShards shards, DatasetFolder output, PrintStream out)
      throws IOException {
    long start = System.nanoTime();
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Preprocess", shards);
    String name = "preprocess %s %s".formatted(output.folder(), output.split());
    PipelineResult result = runWatched(pipeline, name, output);
    double seconds = (System.nanoTime() - start) / 1e9;
    out.print(new Summary(output, result.metrics(), seconds).text());
  }

  /** The list given by {@code --classes}; for a manifest, the one with titles kept beside it. */
  private static ClassList titled(Storage storage, String list) throws IOException {
    Optional<String> others =
        DatasetFolder.ofManifest(storage, list).map(DatasetFolder::titlesPath);
    boolean kept = others.isPresent() && storage.exists(others.get());
    return ClassList.read(storage, kept ? others.get() : list);
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
}
