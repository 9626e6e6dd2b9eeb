package ghostbeam.model.input;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Off-heap buffers that each epoch's loader reuses. Java frees such memory only when it happens to
 * collect the small buffer object on the heap, so buffers allocated anew for each epoch would pile
 * up. Thread-safe.
 */
public final class BatchBuffers {
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  /** A buffer of at least the given number of bytes, with arbitrary content. */
  synchronized ByteBuffer take(int bytes) {
    ByteBuffer buffer = free.poll();
    return buffer == null || buffer.capacity() < bytes
        ? ByteBuffer.allocateDirect(bytes)
        : buffer.clear();
  }

  /** Returns a buffer that is no longer read or written. */
  synchronized void giveBack(ByteBuffer buffer) {
    free.add(buffer);
  }
}
