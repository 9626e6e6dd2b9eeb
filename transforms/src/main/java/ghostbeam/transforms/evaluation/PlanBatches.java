package ghostbeam.transforms.evaluation;

import java.util.List;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.OffsetBasedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Outputs the first record number of each batch of a range, each once, in no order.
 *
 * <p>The source splits into many small runs of consecutive batches, far more than there are slots.
 * Flink gives a slot its next split when it has finished the last, as long as the consuming step is
 * fused into the same task, with no shuffle between. So slow or late slots do less, and no slot
 * idles for long at the end. On DirectRunner each split is a bundle.
 */
public final class PlanBatches extends PTransform<PBegin, PCollection<Long>> {
  private static final long serialVersionUID = 1L;

  private final RecordRange records;
  private final int batchSize;

  /**
   * @param batchSize records per batch, at least 1; the last batch may have fewer
   */
  public PlanBatches(RecordRange records, int batchSize) {
    this.records = records;
    this.batchSize = batchSize;
  }

  @Override
  public PCollection<Long> expand(PBegin begin) {
    long batches = (records.to() - records.from() + batchSize - 1) / batchSize;
    return begin.apply("Read", Read.from(new Batches(records.from(), batchSize, 0, batches)));
  }

  /** A source whose offsets are batch numbers. */
  static final class Batches extends OffsetBasedSource<Long> {
    private static final long serialVersionUID = 1L;

    /** The slot that finishes last is late by at most one split, 1/32 of its work. */
    private static final int SPLITS_PER_SLOT = 32;

    private final long firstRecord;
    private final int batchSize;

    Batches(long firstRecord, int batchSize, long from, long to) {
      super(from, to, 1);
      this.firstRecord = firstRecord;
      this.batchSize = batchSize;
    }

    @Override
    public List<? extends OffsetBasedSource<Long>> split(
        long desiredBundleSizeBytes, PipelineOptions options) throws Exception {
      return super.split(desiredBundleSizeBytes / SPLITS_PER_SLOT, options);
    }

    @Override
    public long getBytesPerOffset() {
      return Long.BYTES;
    }

    @Override
    public long getMaxEndOffset(PipelineOptions options) {
      return getEndOffset();
    }

    @Override
    public OffsetBasedSource<Long> createSourceForSubrange(long from, long to) {
      return new Batches(firstRecord, batchSize, from, to);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return BigEndianLongCoder.of();
    }

    @Override
    public BoundedSource.BoundedReader<Long> createReader(PipelineOptions options) {
      return new Numbers(this);
    }

    private static final class Numbers extends OffsetBasedReader<Long> {
      private final Batches batches;
      private long number;

      Numbers(Batches batches) {
        super(batches);
        this.batches = batches;
        this.number = batches.getStartOffset();
      }

      @Override
      protected boolean startImpl() {
        return number < batches.getEndOffset();
      }

      @Override
      protected boolean advanceImpl() {
        number++;
        return number < batches.getEndOffset();
      }

      @Override
      protected long getCurrentOffset() {
        return number;
      }

      @Override
      public Long getCurrent() {
        return batches.firstRecord + number * batches.batchSize;
      }

      @Override
      public void close() {}
    }
  }
}
