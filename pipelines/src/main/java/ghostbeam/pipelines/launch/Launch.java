package ghostbeam.pipelines.launch;

import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.remote.RemoteRun;
import ghostbeam.pipelines.watch.TerminalLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.display.DisplayData;

/**
 * Runs jobs: on embedded Flink with every core unless the options say otherwise. Failures keep
 * their own one-line message, without the runner's wrappers.
 */
public final class Launch {
  private static final String EMBEDDED = "[local]";
  private static final String UNSET_MASTER = "[auto]";
  private static final Pattern URI_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://");

  private Launch() {}

  /**
   * Fills in options that are not set and passes them to Beam's file systems. Required before any
   * file is accessed; idempotent.
   *
   * <ul>
   *   <li>no {@code --runner}: FlinkRunner
   *   <li>Flink without {@code --flinkMaster}: embedded in this JVM
   *   <li>embedded Flink without {@code --parallelism}: one slot a core
   *   <li>embedded Flink without {@code --flinkConfDir} or FLINK_CONF_DIR: servers on the loopback
   *       address only
   *   <li>Flink: batch mode, elements passed on without copies, since our transforms never modify
   *       them
   *   <li>on a cluster: what {@link RemoteRun#prepare} does
   * </ul>
   *
   * @throws IllegalStateException if no cluster answers, or it lacks what jobs need, or no
   *     temporary file can be written
   */
  public static <T extends PipelineOptions> T prepare(T options) {
    fillIn(options);
    if (options.getRunner() == FlinkRunner.class) {
      FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
      try {
        if (RemoteRun.isRemote(flink)) {
          RemoteRun.prepare(flink);
        } else {
          EmbeddedFlink.disablePekkoShutdownHook();
          if (flink.getFlinkConfDir() == null && System.getenv("FLINK_CONF_DIR") == null) {
            flink.setFlinkConfDir(EmbeddedFlink.configuration(flink.getParallelism()));
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
    return options;
  }

  /** What {@link #prepare} does without asking a cluster or writing a file. */
  static <T extends PipelineOptions> T fillIn(T options) {
    if (!isSet(options, "runner")) {
      options.setRunner(FlinkRunner.class);
    }
    if (options.getRunner() == FlinkRunner.class) {
      FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
      if (flink.getFlinkMaster().equals(UNSET_MASTER)) {
        flink.setFlinkMaster(EMBEDDED);
      }
      if (flink.getFlinkMaster().equals(EMBEDDED) && flink.getParallelism() < 1) {
        flink.setParallelism(Runtime.getRuntime().availableProcessors());
      }
      flink.setStreaming(false);
      flink.setObjectReuse(true);
      flink.setFasterCopy(true);
    }
    FileSystems.setDefaultPipelineOptions(options);
    return options;
  }

  /**
   * Runs a pipeline to its end, under a name that says what it does and to which output, such as
   * {@code preprocess /data/records train}: a cluster runs only one job of a name at a time.
   *
   * @throws IOException if a job of this name is running, or as {@link #run(Pipeline)}
   */
  public static PipelineResult run(Pipeline pipeline, String name) throws IOException {
    requireAlone(pipeline.getOptions(), name);
    pipeline.getOptions().setJobName(name);
    return run(pipeline);
  }

  /**
   * Waits for an earlier job of this name to end: on a cluster one outlives a killed client for a
   * while; in this process there is none.
   *
   * @throws IOException if it does not end, since its client is alive
   */
  public static void requireAlone(PipelineOptions options, String name) throws IOException {
    prepare(options);
    if (isInThisProcess(options)) {
      return;
    }
    try {
      RemoteRun.requireAlone(options.as(FlinkPipelineOptions.class), name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for an earlier '" + name + "'", e);
    }
  }

  /**
   * Runs a pipeline to its end.
   *
   * @throws UsageException as a step threw it
   * @throws IOException if a step failed with one; its message is that step's
   * @throws IllegalStateException if the job failed in another way; its message is the cause's
   */
  public static PipelineResult run(Pipeline pipeline) throws IOException {
    prepare(pipeline.getOptions());
    PipelineResult result;
    PipelineResult.State state;
    try {
      result = pipeline.run();
      state = result.waitUntilFinish();
    } catch (RuntimeException | LinkageError e) {
      throw Failure.of(e);
    } finally {
      TerminalLine.clear();
    }
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException(
          "job ended as " + state + ", not DONE; the runner's log says why");
    }
    return result;
  }

  /** Whether a job of these options runs in this JVM, not on a cluster. */
  public static boolean isInThisProcess(PipelineOptions options) {
    fillIn(options);
    return options.getRunner() != FlinkRunner.class
        || !RemoteRun.isRemote(options.as(FlinkPipelineOptions.class));
  }

  /**
   * The most slots that compute at the same time in one worker process: all of them on embedded
   * Flink; on a cluster those of the largest TaskManager, but at most the job's parallelism.
   *
   * @throws IOException if no cluster answers
   */
  public static int slotsPerWorker(PipelineOptions options) throws IOException {
    fillIn(options);
    if (options.getRunner() != FlinkRunner.class) {
      return options.as(DirectOptions.class).getTargetParallelism();
    }
    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    if (!RemoteRun.isRemote(flink)) {
      return flink.getParallelism();
    }
    int slots = RemoteRun.slotsPerTaskManager(flink);
    return flink.getParallelism() < 1 ? slots : Math.min(slots, flink.getParallelism());
  }

  /** A flag's path, made {@link #absolute}; {@link UsageException} if it is missing. */
  public static String place(String flag, String path) {
    if (path == null || path.isBlank()) {
      throw new UsageException("--" + flag + " is missing; it takes a path or a gs://, s3:// URI");
    }
    return absolute(path);
  }

  /**
   * A path as every worker understands it: a store's URI unchanged, a local path made absolute.
   *
   * @throws UsageException for one that this machine's file system or locale cannot represent
   */
  public static String absolute(String path) {
    String plain = path.replaceFirst("^file:(//)?(?=/)", "");
    if (plain.startsWith("~/") && !Files.exists(Path.of("~"))) {
      throw new UsageException(
          "'%s' begins with ~, which a shell expands only at the start of a word; write $HOME%s"
              .formatted(plain, plain.substring(1)));
    }
    try {
      return URI_SCHEME.matcher(plain).lookingAt()
          ? plain
          : Path.of(plain).toAbsolutePath().normalize().toString();
    } catch (InvalidPathException e) {
      throw new UsageException("'" + plain + "' is not a valid path here: " + e.getReason());
    }
  }

  /**
   * Whether a flag's value with commas is one path and not a list: a local file or folder has
   * exactly this name.
   */
  public static boolean isOnePath(String given) {
    try {
      return given.contains(",")
          && !URI_SCHEME.matcher(given).lookingAt()
          && Files.exists(Path.of(given));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether a user gave the option, which its getter cannot tell from its default. */
  public static boolean isSet(PipelineOptions options, String name) {
    return given(options).contains(name);
  }

  /** The names of the options that a user gave. */
  public static Set<String> given(PipelineOptions options) {
    return givenValues(options).keySet();
  }

  /** The options that a user gave, by name, with values as on a command line. */
  public static Map<String, String> givenValues(PipelineOptions options) {
    return DisplayData.from(options).items().stream()
        .collect(
            Collectors.toMap(
                DisplayData.Item::getKey,
                item -> String.valueOf(item.getValue()),
                (one, same) -> one));
  }
}
