package ghostbeam.transforms.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.PDone;

/**
 * Turns written shards into a dataset: the list of rejected images, if any, then the manifest.
 *
 * <p>Input: one element for every shard of the plan, in any order. Fails, leaving no manifest, if
 * more images were rejected than allowed, none is left, the shards do not account for every image
 * of the source, or a file is no longer what was written. Then deletes what would have served to
 * resume the run.
 */
public final class FinishDataset extends PTransform<PCollection<WholeShard>, PDone> {
  /** Counts the source's images in bytes. */
  public static final String SOURCE_BYTES = "source_bytes";

  /** Counters here count, by the source's format, images that are kept in another. */
  public static final String CONVERTED = "converted";

  private final DatasetFolder output;
  private final Preparation preparation;
  private final long seed;
  private final long maxRejected;
  private final PCollectionView<Iterable<SourceSummary>> source;

  /**
   * The end of a run.
   *
   * @param seed the plan's, for the manifest
   * @param maxRejected most images that may be rejected
   * @param source the shards' {@link PlanShards#SOURCE}, one element
   */
  public FinishDataset(
      DatasetFolder output,
      Preparation preparation,
      long seed,
      long maxRejected,
      PCollectionView<Iterable<SourceSummary>> source) {
    this.output = output;
    this.preparation = preparation;
    this.seed = seed;
    this.maxRejected = maxRejected;
    this.source = source;
  }

  @Override
  public PDone expand(PCollection<WholeShard> shards) {
    DatasetEnd end = new DatasetEnd(output, preparation, seed, maxRejected);
    shards
        .apply("All together", WithKeys.of((Void) null))
        .apply("Wait for every shard", GroupByKey.create())
        .apply("Write manifest", ParDo.of(new FinishFn(end, source)).withSideInputs(source));
    return PDone.in(shards.getPipeline());
  }

  private static final class FinishFn extends DoFn<KV<Void, Iterable<WholeShard>>, Void> {
    private final Counter sourceBytes = Metrics.counter(FinishDataset.class, SOURCE_BYTES);
    private final DatasetEnd end;
    private final PCollectionView<Iterable<SourceSummary>> source;

    FinishFn(DatasetEnd end, PCollectionView<Iterable<SourceSummary>> source) {
      this.end = end;
      this.source = source;
    }

    @ProcessElement
    public void finish(ProcessContext context) throws IOException {
      List<WholeShard> whole = new ArrayList<>();
      context.element().getValue().forEach(whole::add);
      end.write(context.sideInput(source).iterator().next(), whole);
      List<ShardSummary> shards = whole.stream().map(WholeShard::summary).toList();
      sourceBytes.inc(shards.stream().mapToLong(ShardSummary::sourceBytes).sum());
      for (ShardSummary shard : shards) {
        shard.converted().forEach((format, n) -> Metrics.counter(CONVERTED, format).inc(n));
      }
    }
  }
}
