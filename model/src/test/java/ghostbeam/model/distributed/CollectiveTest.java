package ghostbeam.model.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
final class CollectiveTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void sumsAndBroadcasts(int ranks) throws Exception {
    List<float[]> sums =
        Ranks.each(
            folder,
            ranks,
            collective -> {
              int rank = collective.rank();
              assertEquals(ranks, collective.size());
              double[][] all = collective.gather(rank, -rank * 1e300);
              for (int r = 0; r < ranks; r++) {
                assertArrayEquals(new double[] {r, -r * 1e300}, all[r]);
              }
              assertArrayEquals(
                  new double[] {ranks * (ranks - 1) / 2.0 + ranks * 1e-12},
                  collective.sum(rank + 1e-12),
                  1e-15);
              ByteBuffer bytes = ByteBuffer.allocateDirect(5);
              bytes.put(new byte[] {1, 2, 3, 4, (byte) (5 + rank)}).flip();
              collective.broadcast(bytes);
              assertEquals(5, bytes.get(4));
              return summed(collective, 10_007);
            });
    float[] expected = new float[10_007];
    for (int rank = 0; rank < ranks; rank++) {
      float[] part = numbers(rank, expected.length);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += part[i];
      }
    }
    for (float[] sum : sums) {
      assertArrayEquals(expected, sum, 1e-6f);
      assertArrayEquals(sums.get(0), sum, "the same bits on all ranks");
    }
  }

  private static float[] summed(Collective collective, int count) {
    // Between other bytes, which must not change.
    ByteBuffer buffer =
        ByteBuffer.allocateDirect((count + 2) * Float.BYTES).order(ByteOrder.nativeOrder());
    buffer.asFloatBuffer().put(0, 7).put(count + 1, 7).put(1, numbers(collective.rank(), count));
    buffer.position(Float.BYTES).limit((count + 1) * Float.BYTES);
    collective.sumFloats(buffer);
    float[] sums = new float[count];
    buffer.asFloatBuffer().get(sums);
    buffer.clear();
    assertEquals(7, buffer.getFloat(0));
    assertEquals(7, buffer.getFloat((count + 1) * Float.BYTES));
    return sums;
  }

  private static float[] numbers(int rank, int count) {
    Random random = new Random(rank);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
