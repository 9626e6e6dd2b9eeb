package ghostbeam.pipelines.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ProcessFunction;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchTest {
  private static final Set<String> LISTENING = ConcurrentHashMap.newKeySet();
  private static final Set<String> HOOKS = ConcurrentHashMap.newKeySet();

  @Test
  void runsOnEmbeddedFlinkWithEveryCoreUnlessToldOtherwise() {
    PipelineOptions options = Launch.prepare(PipelineOptionsFactory.create());

    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    assertEquals(FlinkRunner.class, options.getRunner());
    assertEquals("[local]", flink.getFlinkMaster());
    assertEquals(Runtime.getRuntime().availableProcessors(), flink.getParallelism());
    assertTrue(flink.getObjectReuse());
    assertTrue(flink.getFasterCopy());
  }

  @ParameterizedTest
  @CsvSource({
    "gs://bucket/a/./b, gs://bucket/a/./b",
    "s3://bucket/../b/, s3://bucket/../b/",
    "/a/./b/../c/, /a/c",
    "file:///a/b, /a/b",
  })
  void makesLocalPathsAbsoluteAndLeavesStoresUnchanged(String path, String absolute) {
    assertEquals(absolute, Launch.absolute(path));
  }

  /** A shell does not expand it after an equals sign, so a folder called ~ would be written. */
  @Test
  void refusesAHomeThatNoShellExpanded() {
    UsageException refusal =
        assertThrows(UsageException.class, () -> Launch.absolute("~/imagenet"));

    assertTrue(refusal.getMessage().endsWith("write $HOME/imagenet"), refusal.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "--parallelism=3, 3",
    "--runner=DirectRunner --targetParallelism=5, 5",
  })
  void knowsTheSlotsOfAWorker(String flags, int slots) throws IOException {
    PipelineOptions options = PipelineOptionsFactory.fromArgs(flags.split(" ", -1)).create();
    assertEquals(slots, Launch.slotsPerWorker(options));
  }

  @Test
  void keepsRunnerMasterAndParallelismThatWereGiven() {
    PipelineOptions direct =
        Launch.fillIn(PipelineOptionsFactory.fromArgs("--runner=DirectRunner").create());
    FlinkPipelineOptions cluster =
        Launch.fillIn(
            PipelineOptionsFactory.fromArgs("--flinkMaster=host:8081", "--parallelism=3")
                .as(FlinkPipelineOptions.class));
    FlinkPipelineOptions clusterDefault =
        Launch.fillIn(
            PipelineOptionsFactory.fromArgs("--runner=FlinkRunner", "--flinkMaster=host:8081")
                .as(FlinkPipelineOptions.class));

    assertEquals(DirectRunner.class, direct.getRunner());
    assertEquals("host:8081", cluster.getFlinkMaster());
    assertEquals(3, cluster.getParallelism());
    assertEquals(-1, clusterDefault.getParallelism());
  }

  /** Facts come unchanged from a worker; the flag that helps is added here. */
  @ParameterizedTest
  @ValueSource(strings = {"--runner=DirectRunner", "--runner=FlinkRunner"})
  void addsTheFlagThatHelpsToTheFactsOfAStep(String runner) {
    IOException failure =
        failure(
            IOException.class,
            runner,
            () ->
                PermanentFailure.of(
                    new InvalidSourceException(
                        "x.zip has 6 images, too few for 7 shards",
                        SourceRemedy.FEWER_SHARDS.with(6))));

    String told = "x.zip has 6 images, too few for 7 shards; give --shards of at most 6";
    assertEquals(told, failure.getMessage());
    assertEquals(told, Words.oneLine(failure), "not twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--runner=DirectRunner", "--runner=FlinkRunner"})
  void reportsTheMessageOfTheStepThatFailed(String runner) {
    IOException failure =
        failure(
            IOException.class,
            runner,
            () -> new IOException("x.zip is cut\n short", new IllegalStateException()));

    assertEquals("x.zip is cut short", failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--runner=DirectRunner", "--runner=FlinkRunner"})
  void namesTheTypeOfAFailureNobodyWroteAMessageFor(String runner) {
    IllegalStateException failure =
        failure(IllegalStateException.class, runner, () -> new ArithmeticException("odd"));

    assertEquals("ArithmeticException: odd", failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--runner=DirectRunner", "--runner=FlinkRunner"})
  void leavesUsageErrorsUnchanged(String runner) {
    UsageException failure =
        failure(UsageException.class, runner, () -> new UsageException("--shards=0 is below 1"));

    assertEquals("--shards=0 is below 1", failure.getMessage());
  }

  /** A failure that is created where the step runs. */
  private interface Cause extends Serializable {
    Exception exception() throws Exception;
  }

  /** What is reported of a job that fails after a shuffle, where runners wrap failures most. */
  private static <T extends Throwable> T failure(Class<T> type, String runner, Cause cause) {
    return assertThrows(
        type,
        () ->
            run(
                runner,
                x -> {
                  throw cause.exception();
                }));
  }

  private static void run(String runner, ProcessFunction<String, String> step) throws IOException {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(runner).as(FlinkPipelineOptions.class);
    Pipeline pipeline = Pipeline.create(Launch.prepare(options));
    pipeline
        .apply(Create.of("element"))
        .apply(Reshuffle.viaRandomKey())
        .apply(MapElements.into(TypeDescriptors.strings()).via(step));
    Launch.run(pipeline);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void listensOnTheLoopbackAddressOnly() throws IOException {
    LISTENING.clear();
    Pipeline pipeline = Pipeline.create(Launch.prepare(PipelineOptionsFactory.create()));
    pipeline
        .apply(Create.of(1))
        .apply(
            MapElements.into(TypeDescriptors.integers())
                .via(
                    (ProcessFunction<Integer, Integer>)
                        number -> {
                          LISTENING.addAll(listening());
                          return number;
                        }));
    Launch.run(pipeline);

    assertFalse(LISTENING.isEmpty());
    assertEquals(
        List.of(),
        LISTENING.stream()
            // 127.0.0.1, ::ffff:127.0.0.1 and ::1, as the kernel writes them.
            .filter(address -> !address.matches("(0{16}FFFF0000)?0100007F|0{24}01000000"))
            .toList());
  }

  /** Pekko would set its hook when its system starts, which is before or during the job. */
  @Test
  void leavesShuttingDownPekkoToFlink() throws Exception {
    HOOKS.clear();
    Pipeline pipeline = Pipeline.create(Launch.prepare(PipelineOptionsFactory.create()));
    pipeline
        .apply(Create.of(1))
        .apply(
            MapElements.into(TypeDescriptors.integers())
                .via(
                    (ProcessFunction<Integer, Integer>)
                        number -> {
                          HOOKS.addAll(shutdownHooks());
                          return number;
                        }));
    Thread watch =
        new Thread(
            () -> {
              while (!Thread.interrupted()) {
                HOOKS.addAll(shutdownHooks());
                LockSupport.parkNanos(500_000);
              }
            });
    watch.start();

    Launch.run(pipeline);

    Thread.sleep(2000);
    watch.interrupt();
    watch.join();
    assertTrue(HOOKS.stream().anyMatch(name -> name.startsWith("org.apache.flink.")), "no hooks");
    assertEquals(List.of(), HOOKS.stream().filter(name -> name.contains("pekko")).toList());
  }

  /** The classes of this process's shutdown hooks, or of what these run. */
  private static List<String> shutdownHooks() {
    try {
      Class<?> owner = Class.forName("java.lang.ApplicationShutdownHooks");
      Field hooks = owner.getDeclaredField("hooks");
      hooks.setAccessible(true);
      Field target = Thread.class.getDeclaredField("target");
      target.setAccessible(true);
      List<String> names = new ArrayList<>();
      synchronized (owner) {
        for (Object hook : ((Map<?, ?>) hooks.get(null)).keySet()) {
          Object runs = target.get(hook);
          names.add((runs == null ? hook : runs).getClass().getName());
        }
      }
      return names;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** Addresses, in hexadecimal, at which this process waits for connections. */
  private static Set<String> listening() throws IOException {
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          sockets.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    Set<String> addresses = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
        List<String> fields = List.of(line.trim().split(" +", -1));
        // Local address:port, state (0A is listening), inode.
        if (fields.get(3).equals("0A") && sockets.contains("socket:[" + fields.get(9) + "]")) {
          addresses.add(fields.get(1).replaceFirst(":.*", ""));
        }
      }
    }
    return addresses;
  }
}
