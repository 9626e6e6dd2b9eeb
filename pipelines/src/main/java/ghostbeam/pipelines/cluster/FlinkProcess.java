package ghostbeam.pipelines.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JobManager or TaskManager of a cluster, identified by its process id and by a marker on its
 * command line, which a later process with the same id lacks.
 *
 * @param name such as {@code taskmanager-1}
 */
record FlinkProcess(ClusterFolder folder, String name) {
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /** The Java version that introduced the warning and the flag that turns it off. */
  private static final int UNSAFE_WARNING_VERSION = 23;

  private static final long TERM_TIMEOUT_MS = 10_000;
  private static final long POLL_MS = 50;

  /** Starts it, detached from the terminal, with its output in the cluster's folder. */
  void start(List<String> jvmFlags, String main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString()); // detaches it from the terminal's Ctrl-C and hang-up
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(mark());
    command.addAll(jvmFlags);
    if (Runtime.version().feature() >= UNSAFE_WARNING_VERSION) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Dlog.file=" + folder.log(name));
    command.add("-Dlogback.configurationFile=" + folder.logback());
    command.add("-Djava.io.tmpdir=" + folder.temporary());
    command.add(
        "-Djna.tmpdir=" + folder.temporary()); // the default is in the home, which may not exist
    command.addAll(List.of("-cp", folder.lib() + File.separator + "*", main));
    command.addAll(List.of("--configDir", folder.conf().toString()));
    command.addAll(arguments);
    File output = folder.output(name).toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    while (process.isAlive() && !isOurs(process.pid())) {
      Thread.onSpinWait(); // /proc shows the command line with a short delay
    }
    writePid(process);
  }

  /** Records the process id; kills the process if that fails, since nobody could stop it. */
  private void writePid(Process process) throws IOException {
    Path file = folder.pidFile(name);
    try {
      Files.writeString(file, Long.toString(process.pid()));
    } catch (IOException e) {
      process.destroyForcibly().onExit().join();
      Files.deleteIfExists(file);
      throw new IOException(file + ": " + e.getMessage(), e); // e.g. disk full
    }
  }

  private String mark() {
    return "-Dghostbeam.cluster=" + folder.root() + "/" + name;
  }

  /** The process id, or 0 if it is not running. */
  long pid() throws IOException {
    try {
      long pid = Long.parseLong(Files.readString(folder.pidFile(name)).strip());
      return isOurs(pid) ? pid : 0;
    } catch (NoSuchFileException | NumberFormatException e) {
      return 0;
    }
  }

  private boolean isOurs(long pid) {
    try {
      String line = new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), UTF_8);
      return Arrays.asList(line.split("\0", -1)).contains(mark());
    } catch (IOException e) {
      return false; // ended, or another user's
    }
  }

  boolean isAlive() throws IOException {
    return pid() != 0;
  }

  /** Terminates it, forcibly after a timeout, and waits for its end. */
  void stop() throws IOException, InterruptedException {
    terminate();
    awaitEnd();
  }

  void terminate() throws IOException {
    ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
  }

  void awaitEnd() throws IOException, InterruptedException {
    long forceAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TERM_TIMEOUT_MS);
    while (isAlive()) {
      if (System.nanoTime() > forceAt) {
        ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
      }
      Thread.sleep(POLL_MS);
    }
    Files.deleteIfExists(folder.pidFile(name));
  }
}
