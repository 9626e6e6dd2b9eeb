package ghostbeam.transforms.evaluation;

import ghostbeam.model.record.ShardPart;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;

class ShardPartCoderTest {
  @Test
  void keepsBothNumbers() throws Exception {
    for (ShardPart part : new ShardPart[] {new ShardPart(1, -1), new ShardPart(1 << 30, 7)}) {
      CoderProperties.coderDecodeEncodeEqual(ShardPartCoder.of(), part);
      CoderProperties.coderConsistentWithEquals(ShardPartCoder.of(), part, new ShardPart(2, 7));
    }
    CoderProperties.coderDeterministic(
        ShardPartCoder.of(), new ShardPart(3, 4), new ShardPart(3, 4));
    CoderProperties.coderSerializable(ShardPartCoder.of());
  }
}
