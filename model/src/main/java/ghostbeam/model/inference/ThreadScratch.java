package ghostbeam.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory in which a thread prepares batches. A thread scores one module at a time, so one buffer
 * serves all modules. It is freed with the thread.
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
