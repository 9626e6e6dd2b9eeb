package ghostbeam.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory in which a thread prepares what it is about to score: one for all modules, of which it
 * scores one at a time, so that it does not grow by their number. It goes with the thread.
 */
final class ThreadScratch {
  private static final ThreadLocal<ByteBuffer> MINE =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

  private ThreadScratch() {}

  /** See {@link ModuleInput.Scratch}. */
  static ByteBuffer of(int bytes) {
    if (MINE.get().capacity() < bytes) {
      MINE.set(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
    }
    return MINE.get().clear().limit(bytes);
  }
}
