package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.beam.sdk.io.OffsetBasedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.SourceTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanBatchesTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  @Test
  void emitsTheFirstRecordOfEachBatch() throws Exception {
    PlanBatches.Batches batches = new PlanBatches.Batches(5, 7, 0, 4);
    assertEquals(List.of(5L, 12L, 19L, 26L), SourceTestUtils.readFromSource(batches, OPTIONS));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0", "1, 1, 1", "40, 2, 40", "3125, 2, 64", "3125, 160, 3125"})
  void splitsIntoManyPartsPerSlot(int batches, int slots, int atLeast) throws Exception {
    PlanBatches.Batches all = new PlanBatches.Batches(0, 16, 0, batches);
    long share = all.getEstimatedSizeBytes(OPTIONS) / slots;
    List<? extends OffsetBasedSource<Long>> parts = all.split(share, OPTIONS);

    SourceTestUtils.assertSourcesEqualReferenceSource(all, parts, OPTIONS);
    assertTrue(parts.size() >= atLeast && parts.size() <= batches, parts.size() + " parts");
  }

  @Test
  void losesNothingUnderDynamicSplitting() throws Exception {
    SourceTestUtils.assertSplitAtFractionExhaustive(new PlanBatches.Batches(5, 7, 3, 13), OPTIONS);
  }
}
