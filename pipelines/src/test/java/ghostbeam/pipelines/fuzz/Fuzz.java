package ghostbeam.pipelines.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * Gives inputs to a reader and holds it to its word: it takes each or refuses it with one of its
 * documented exceptions in one line, within two seconds of its processor and within a limit of
 * allocated bytes.
 *
 * <p>Input number i is a pure function of the fuzz's name and i. The number at work lies in {@code
 * target/fuzz/NAME.at}, where it outlives a process that native code ends; {@code -Dfuzz.from=i
 * -Dfuzz.to=i+1} tries it alone.
 *
 * @param name of the fuzz
 * @param inputs makes an input of its number
 * @param reader what is tried
 * @param refusals the exceptions that it documents
 * @param allowance most bytes of heap that it may allocate for an input
 */
public record Fuzz<I>(
    String name,
    LongFunction<I> inputs,
    Reader<I> reader,
    List<Class<? extends Throwable>> refusals,
    ToLongFunction<I> allowance) {

  /** Inputs of the form that runs in the suite. */
  public static final int SHORT = 2_000;

  /** Inputs of the form that runs under {@code -Psoak}. */
  public static final int LONG = 100_000;

  private static final long MOST_NANOS = 2_000_000_000L;
  private static final long HANG_MILLIS = 60_000;
  private static final int MOST_FAULTS = 10;
  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What is tried; whatever it throws is judged. */
  @FunctionalInterface
  public interface Reader<I> {
    void read(I input) throws Exception;
  }

  /** Tries inputs 0 to {@code count} − 1, or those that the system properties ask for. */
  public void run(int count) throws Exception {
    long from = Long.getLong("fuzz.from", 0);
    long to = Long.getLong("fuzz.to", count);
    Files.createDirectories(FOLDER);
    try (FileChannel file =
        FileChannel.open(
            FOLDER.resolve(name + ".at"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      Course course = new Course(file.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
      Thread thread = new Thread(() -> course.run(from, to), "fuzz-" + name);
      thread.setDaemon(true);
      thread.start();
      long seen = -1;
      while (thread.isAlive()) {
        thread.join(HANG_MILLIS);
        if (thread.isAlive() && seen == course.at) {
          StringWriter where = new StringWriter();
          for (StackTraceElement frame : thread.getStackTrace()) {
            where.append("\n  at ").append(frame.toString());
          }
          fail(name + " input " + seen + " hangs" + where);
        }
        seen = course.at;
      }
      course.report(to - from);
    }
  }

  /** One run over the inputs. */
  private final class Course {
    private final MappedByteBuffer place;
    private final Map<String, String> faults = new TreeMap<>();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private volatile long at = -1;
    private volatile RuntimeException broken;
    private long taken;
    private long mostNanos;
    private long mostBytes;

    Course(MappedByteBuffer place) {
      this.place = place;
    }

    void run(long from, long to) {
      long thread = Thread.currentThread().getId();
      for (long i = from; i < to && faults.size() < MOST_FAULTS; i++) {
        at = i;
        place.putLong(0, i);
        I input;
        try {
          input = inputs.apply(i);
        } catch (RuntimeException e) {
          broken = e;
          return;
        }
        long bytes = THREADS.getThreadAllocatedBytes(thread);
        long nanos = THREADS.getThreadCpuTime(thread);
        Throwable thrown = null;
        try {
          reader.read(input);
          taken++;
        } catch (Throwable e) { // an OutOfMemoryError or StackOverflowError is a find, too
          thrown = e;
        }
        nanos = THREADS.getThreadCpuTime(thread) - nanos;
        bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
        mostNanos = Math.max(mostNanos, nanos);
        mostBytes = Math.max(mostBytes, bytes);
        judge(input, thrown, nanos, bytes);
      }
    }

    private void judge(I input, Throwable thrown, long nanos, long bytes) {
      if (thrown != null && refusals.stream().noneMatch(kind -> kind.isInstance(thrown))) {
        fault(input, thrown.getClass().getSimpleName() + " " + top(thrown), trace(thrown));
      } else if (thrown != null) {
        String said = String.valueOf(thrown.getMessage());
        if (said.lines().count() != 1 || said.equals("null")) {
          fault(input, "not one line " + top(thrown), said + trace(thrown));
        }
        reasons.merge(said.replaceAll("[0-9a-fA-F\\-]{2,}|\\d+", "#"), 1, Integer::sum);
      }
      if (nanos > MOST_NANOS) {
        fault(input, "slow", nanos / 1_000_000 + " ms");
      }
      if (bytes > allowance.applyAsLong(input)) {
        String limit = bytes + " bytes, limit " + allowance.applyAsLong(input);
        fault(input, "allocates", limit + (thrown == null ? "" : trace(thrown)));
      }
    }

    private void fault(I input, String kind, String what) {
      if (faults.putIfAbsent(kind, "input " + at + ": " + what) == null) {
        try {
          byte[] bytes = input instanceof byte[] file ? file : input.toString().getBytes(UTF_8);
          Files.write(FOLDER.resolve(name + "-" + at + ".bin"), bytes);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    }

    void report(long count) throws IOException {
      if (broken != null) {
        throw new IllegalStateException(name + " makes no input " + at, broken);
      }
      String line =
          String.format(
              "%s: %,d inputs, %,d taken, %,d refused for %d reasons; longest %d ms, most %,d bytes",
              name,
              count,
              taken,
              reasons.values().stream().mapToLong(Integer::longValue).sum(),
              reasons.size(),
              mostNanos / 1_000_000,
              mostBytes);
      System.out.println(line);
      StringBuilder all = new StringBuilder(line).append('\n');
      reasons.forEach((said, times) -> all.append(times).append(' ').append(said).append('\n'));
      Files.write(FOLDER.resolve(name + ".txt"), all.toString().getBytes(UTF_8));
      assertTrue(faults.isEmpty(), () -> line + "\n" + String.join("\n", faults.values()));
      assertTrue(count < SHORT || reasons.size() > 3, () -> "the damage reaches nothing: " + line);
    }
  }

  private static String top(Throwable thrown) {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (frame.getClassName().startsWith("ghostbeam.")) {
        frames.add(frame.toString());
      }
    }
    return frames.isEmpty() ? "" : frames.get(0);
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString().lines().limit(14).reduce("", (a, b) -> a + "\n    " + b);
  }
}
