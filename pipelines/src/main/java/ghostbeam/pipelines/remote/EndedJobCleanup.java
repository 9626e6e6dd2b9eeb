package ghostbeam.pipelines.remote;

import com.fasterxml.jackson.databind.type.TypeFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Releases the class loaders of ended jobs that a cluster's processes still reference: a Jackson
 * cache keeps those of many jobs forever; JDK caches and a Flink thread keep one each until another
 * replaces it. Each job does this for earlier ones as it starts. Adds no file system: Beam calls
 * registrars in the JobManager and in every TaskManager before a job's work.
 */
public final class EndedJobCleanup implements FileSystemRegistrar {
  private static final Logger LOG = LoggerFactory.getLogger(EndedJobCleanup.class);

  /** A pool started by the first task that reads a blocking shuffle; it runs no job's classes. */
  private static final String SHUFFLE_READERS = "blocking-shuffle-io-thread";

  /** One per job, since each job loads this class itself. */
  private static final AtomicBoolean DONE = new AtomicBoolean();

  /** A record whose methods are linked later than those of any ended job. */
  private record Latest(Thread.State state) {}

  @Override
  public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
    ClassLoader process = ClassLoader.getSystemClassLoader();
    if (EndedJobCleanup.class.getClassLoader() != process && DONE.compareAndSet(false, true)) {
      TypeFactory.defaultInstance().clearCache();
      linkLatest();
      detachShuffleReaders(process);
    }
    return List.of();
  }

  /** Java 17 keeps the types of the record whose equals, hashCode or toString was last linked. */
  private static void linkLatest() {
    Latest latest = new Latest(Thread.State.NEW);
    LOG.debug(
        "Linked: {}, {}, {}",
        latest.equals(new Latest(Thread.State.RUNNABLE)),
        latest.hashCode(),
        latest.toString());
  }

  /** A thread inherits the context class loader of the thread that started it. */
  private static void detachShuffleReaders(ClassLoader process) {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) {
      all = all.getParent();
    }
    Thread[] threads = new Thread[2 * all.activeCount()];
    int count = all.enumerate(threads);
    for (Thread thread : Arrays.asList(threads).subList(0, count)) {
      if (thread.getName().startsWith(SHUFFLE_READERS)) {
        thread.setContextClassLoader(process);
      }
    }
  }
}
