package ghostbeam.model.inference;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * How many threads the engine computes with, thread by thread.
 *
 * <p>PyTorch keeps one pool for XNNPACK in a process and replaces it, under whoever computes with
 * it, each time a thread sets its number of threads. So that is done only while nobody computes.
 */
final class EngineThreads {
  /** Read: a classifier computes. Write: a number of threads changes. */
  private static final ReadWriteLock POOL = new ReentrantReadWriteLock();

  /** What the thread asked for last; 0 where it never asked. */
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

  /** Computes with the calling thread alone, which gets back what it had asked for before. */
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
