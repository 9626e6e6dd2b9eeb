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
 * Takes ended jobs' classes from what still holds them in a cluster's process: a cache of Jackson's
 * holds many jobs' for good, caches of the JDK's and a thread of Flink's one job's each, until
 * another's take their place. Each job does so for those before it, as it starts. Adds no file
 * system: Beam asks registrars in the JobManager and in every TaskManager, before a job's work.
 */
public final class EndedJobCleanup implements FileSystemRegistrar {
  private static final Logger LOG = LoggerFactory.getLogger(EndedJobCleanup.class);

  /** A pool that the first task starts which reads a stored shuffle; it runs no job's classes. */
  private static final String SHUFFLE_READERS = "blocking-shuffle-io-thread";

  /** Of each job there is one of its own. */
  private static final AtomicBoolean DONE = new AtomicBoolean();

  /** A record whose methods are linked after all of an ended job's. */
  private record Latest(Thread.State state) {}

  @Override
  public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
    ClassLoader process = ClassLoader.getSystemClassLoader();
    if (EndedJobCleanup.class.getClassLoader() != process && DONE.compareAndSet(false, true)) {
      TypeFactory.defaultInstance().clearCache();
      linkLatest();
      leaveShuffleReaders(process);
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

  /** A thread keeps the context loader of the one that started it. */
  private static void leaveShuffleReaders(ClassLoader process) {
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
