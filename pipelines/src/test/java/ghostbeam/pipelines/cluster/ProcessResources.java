package ghostbeam.pipelines.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources of a Flink process after a full garbage collection.
 *
 * @param loaders class loaders of jobs
 * @param metaspaceKb metaspace in KB
 * @param threads Java's and libraries'
 * @param files open files and sockets
 */
public record ProcessResources(int loaders, long metaspaceKb, long threads, long files) {
  private static final Pattern LOADERS =
      Pattern.compile(
          "\\s(\\d+)\\s+\\d+\\s+org\\.apache\\.flink\\.util\\.ChildFirstClassLoader\\s");

  private static final Pattern METASPACE = Pattern.compile("Metaspace\\s+used (\\d+)K");

  static ProcessResources of(long process) throws Exception {
    long loaders = number(LOADERS, ask(process, "GC.class_histogram")); // collects garbage first
    long metaspace = number(METASPACE, ask(process, "GC.heap_info"));
    Path own = Path.of("/proc/" + process);
    return new ProcessResources(
        (int) loaders, metaspace, count(own.resolve("task")), count(own.resolve("fd")));
  }

  private static String ask(long process, String what) throws Exception {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asked =
        new ProcessBuilder(jcmd, Long.toString(process), what).redirectErrorStream(true).start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, asked.waitFor(), said);
    return said;
  }

  /** 0 if there is none. */
  private static long number(Pattern pattern, String said) {
    Matcher found = pattern.matcher(said);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }
}
