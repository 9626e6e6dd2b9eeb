package ghostbeam.model.inference;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The number of engine threads, per calling thread.
 *
 * <p>PyTorch has one XNNPACK thread pool per process and replaces it, even while it is in use,
 * whenever a thread sets its number of threads. So the number is changed only while nothing is
 * computed.
 */
final class EngineThreads {
  /**
   * Held for reading while a classifier computes, for writing while a number of threads changes.
   */
  private static final ReadWriteLock POOL = new ReentrantReadWriteLock();

  /** What the thread set last; 0 if nothing. */
  private static final ThreadLocal<Integer> THREADS = ThreadLocal.withInitial(() -> 0);

  private EngineThreads() {}

  /** Makes the calling thread's operators use this many threads. */
  static void use(int threads) {
    if (THREADS.get() == threads) {
      return;
    }
    Engine.getInstance();
    POOL.writeLock().lock();
    try {
      JniUtils.setNumThreads(threads);
    } finally {
      POOL.writeLock().unlock();
    }
    THREADS.set(threads);
  }

  /** Computes on the calling thread only, then restores its previous number of threads. */
  static <T> T alone(Supplier<T> computation) {
    int before = THREADS.get();
    use(1);
    POOL.readLock().lock();
    try {
      return computation.get();
    } finally {
      POOL.readLock().unlock();
      if (before > 1) {
        use(before);
      }
    }
  }
}
