package ghostbeam.transforms.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardChannelTest {
  private static final int KEPT = 2 << 20;

  /** An object in memory that counts the bytes read. */
  private static final class Counted extends SeekableInMemoryByteChannel {
    private long read;

    Counted(byte[] bytes) {
      super(bytes);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      int length = super.read(target);
      read += Math.max(0, length);
      return length;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 70_000, KEPT, 3 * KEPT + 12_345})
  void seekingBackReadsEachByteOnce(int size) throws IOException {
    Random random = new Random(size);
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Counted object = new Counted(bytes);
    try (ForwardChannel channel = new ForwardChannel(object)) {
      long farthest = 0;
      while (farthest < size) {
        int back = random.nextInt(4) == 0 ? random.nextInt(KEPT) : 0;
        long from = Math.max(0, farthest - back);
        ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(200_000));
        int length = channel.position(from).read(target);
        assertArrayEquals(
            Arrays.copyOfRange(bytes, (int) from, (int) from + length),
            Arrays.copyOf(target.array(), length),
            "from " + from);
        farthest = Math.max(farthest, from + length);
      }
      assertEquals(-1, channel.position(size).read(ByteBuffer.allocate(1)));
      assertEquals(size, object.read);

      long later = size / 2;
      channel.position(size + 5L).read(ByteBuffer.allocate(1)); // discards the buffer
      ByteBuffer target = ByteBuffer.allocate(100);
      int length = channel.position(later).read(target);
      int expected = (int) Math.min(100, size - later);
      assertEquals(expected, Math.max(0, length));
      assertArrayEquals(
          Arrays.copyOfRange(bytes, (int) later, (int) later + expected),
          Arrays.copyOf(target.array(), expected));
    }
  }
}
