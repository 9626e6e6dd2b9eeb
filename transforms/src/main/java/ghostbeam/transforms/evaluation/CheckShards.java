package ghostbeam.transforms.evaluation;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.record.ShardPart;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.IOException;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Checks the scored bytes against the manifest: the CRC32C of a shard's parts, combined per shard
 * number, must be the manifest's, or the job fails naming the file. Shards scored only in part are
 * not checked.
 */
final class CheckShards extends PTransform<PCollection<KV<Integer, ShardPart>>, PDone> {
  private static final long serialVersionUID = 1L;

  private final ScoreCheckpoints settings;

  CheckShards(ScoreCheckpoints settings) {
    this.settings = settings;
  }

  @Override
  public PDone expand(PCollection<KV<Integer, ShardPart>> parts) {
    parts
        .apply("Add", Combine.perKey(ShardPart::plus))
        .apply("Check", ParDo.of(new CheckFn(settings)));
    return PDone.in(parts.getPipeline());
  }

  static final class CheckFn extends DoFn<KV<Integer, ShardPart>, Void> {
    private static final long serialVersionUID = 1L;

    private final ScoreCheckpoints settings;
    private transient Dataset dataset;

    CheckFn(ScoreCheckpoints settings) {
      this.settings = settings;
    }

    @Setup
    public void setup() throws IOException {
      dataset = settings.openDataset();
    }

    @ProcessElement
    public void check(@Element KV<Integer, ShardPart> sum) throws IOException {
      try {
        dataset.requireWhole(sum.getKey(), sum.getValue());
      } catch (IOException e) {
        throw PermanentFailure.of(e);
      }
    }

    @Teardown
    public void teardown() throws IOException {
      if (dataset != null) {
        dataset.close();
      }
    }
  }
}
