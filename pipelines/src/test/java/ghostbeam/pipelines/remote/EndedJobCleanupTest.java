package ghostbeam.pipelines.remote;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** Jobs whose classes have their own class loaders, as on a cluster. */
final class EndedJobCleanupTest {
  private static final int COLLECTIONS = 20;

  /** Loads a job's classes itself, everything else through this process's loader. */
  private static final class JobLoader extends ClassLoader {
    private static final String JOB = EndedJobCleanup.class.getName();

    JobLoader() {
      super(EndedJobCleanupTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(JOB)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  /** What the caches hold of a job. */
  public static final class Job implements Runnable {
    private enum Kind {
      ONE
    }

    private record Settings(Kind kind) {}

    @Override
    public void run() {
      Settings settings = new Settings(Kind.ONE);
      assertNotNull(
          settings.toString() + settings.hashCode() + settings.equals(new Settings(Kind.ONE)));
      assertNotNull(TypeFactory.defaultInstance().constructType(Settings.class));
    }
  }

  @Test
  void nothingHoldsAnEndedJobOnceAnotherStarts() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread reader = new Thread(() -> await(end), "blocking-shuffle-io-thread-1");
    WeakReference<ClassLoader> ended = runJob(reader);
    try {
      assertNotNull(collected(ended, 1), "a job that nothing holds proves nothing");

      startJob();

      assertSame(ClassLoader.getSystemClassLoader(), reader.getContextClassLoader());
      assertNull(collected(ended, COLLECTIONS));
    } finally {
      end.countDown();
      reader.join();
    }
  }

  private static WeakReference<ClassLoader> runJob(Thread reader) throws Exception {
    ClassLoader loader = new JobLoader();
    ((Runnable) make(loader, Job.class)).run();
    reader.setContextClassLoader(loader);
    reader.start();
    return new WeakReference<>(loader);
  }

  private static void startJob() throws Exception {
    PipelineOptions options = PipelineOptionsFactory.create();
    ((FileSystemRegistrar) make(new JobLoader(), EndedJobCleanup.class)).fromOptions(options);
  }

  private static Object make(ClassLoader loader, Class<?> type) throws Exception {
    Class<?> own = loader.loadClass(type.getName());
    assertSame(loader, own.getClassLoader());
    return own.getDeclaredConstructor().newInstance();
  }

  private static ClassLoader collected(WeakReference<ClassLoader> loader, int times)
      throws InterruptedException {
    for (int i = 0; i < times && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    return loader.get();
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
