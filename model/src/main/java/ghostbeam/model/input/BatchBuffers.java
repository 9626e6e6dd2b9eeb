package ghostbeam.model.input;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Off-heap buffers that the loaders of one epoch after another use again. Java frees such memory
 * only when it happens to collect the buffer's few bytes on the heap, so what each epoch allocated
 * anew would add up for many epochs. Thread-safe.
 */
public final class BatchBuffers {
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  /** A buffer of at least so many bytes, whatever is in it. */
  synchronized ByteBuffer take(int bytes) {
    ByteBuffer buffer = free.poll();
    return buffer == null || buffer.capacity() < bytes
        ? ByteBuffer.allocateDirect(bytes)
        : buffer.clear();
  }

  /** Takes back a buffer that nobody reads or writes any more. */
  synchronized void giveBack(ByteBuffer buffer) {
    free.add(buffer);
  }
}
