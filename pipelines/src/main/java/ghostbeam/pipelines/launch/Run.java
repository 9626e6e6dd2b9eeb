package ghostbeam.pipelines.launch;

import ghostbeam.model.codec.Codec;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.QualityGateException;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.LoggerFactory;

/** One run of a command: parses its flags, prints what it runs with and returns an exit code. */
public final class Run {
  private final Command command;
  private final PrintStream out;
  private final PrintStream err;

  /** Set when the process is shutting down, which makes jobs fail for no reason of their own. */
  private volatile boolean stopping;

  public Run(Command command, PrintStream out, PrintStream err) {
    this.command = command;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the command to its end.
   *
   * @return the exit code
   * @throws UsageException if the words after the command's name are invalid, or the job says so
   */
  public int start(List<String> words) {
    if (!command.hasJob()) {
      throw new UsageException("the test suite is started by the script: ./run test");
    }
    Path log = JobLog.begin();
    PipelineOptions options;
    try {
      options = CommandLine.parse(command, words);
    } catch (UsageException e) {
      JobLog.discard(log);
      throw e;
    }
    return work(options, log);
  }

  private int work(PipelineOptions options, Path log) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopping = true, "ghostbeam-stopping"));
    try {
      if (command.computes()) {
        err.println(environment());
      }
      command.job().run(options, out);
      return ExitCode.DONE;
    } catch (UsageException e) {
      JobLog.discard(log);
      throw e;
    } catch (QualityGateException e) {
      err.println("ghostbeam " + command.typed() + ": " + e.getMessage());
      return ExitCode.GATE_FAILED;
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      // A logger outside our packages, so that the stack trace goes to the file and not the
      // console.
      LoggerFactory.getLogger("failure").info("{} failed", command.typed(), e);
      if (!stopping) {
        err.println("ghostbeam " + command.typed() + ": " + Words.oneLine(e));
        err.println("Full log: " + log);
      }
      return ExitCode.FAILED;
    }
  }

  /** What determines the speed: allocator (chosen by the {@code run} script), codec, cores. */
  private static String environment() {
    return String.format(
        "allocator %s, JPEG codec %s, threads %d",
        System.getProperty("ghostbeam.allocator", "default"),
        Codec.best().name(),
        Runtime.getRuntime().availableProcessors());
  }
}
