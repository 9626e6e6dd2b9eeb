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
 * A JobManager or TaskManager of a cluster, known by its process id and by a word on its command
 * line, which no other process has that is given the same id later.
 *
 * @param name such as {@code taskmanager-1}
 */
record FlinkProcess(ClusterFolder folder, String name) {
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /** The Java that began to, and to know the flag that ends it. */
  private static final int WARNS_OF_UNSAFE = 23;

  private static final long GENTLE_MS = 10_000;
  private static final long POLL_MS = 50;

  /** Starts it, free of the terminal, its output in files of the cluster's folder. */
  void start(List<String> jvmFlags, String main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString()); // or the terminal's Ctrl-C and end would reach it
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(mark());
    command.addAll(jvmFlags);
    if (Runtime.version().feature() >= WARNS_OF_UNSAFE) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Dlog.file=" + folder.log(name));
    command.add("-Dlogback.configurationFile=" + folder.logback());
    command.add("-Djava.io.tmpdir=" + folder.temporary());
    command.add(
        "-Djna.tmpdir=" + folder.temporary()); // not the home, which a user may have none of
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
      Thread.onSpinWait(); // it runs a moment before the system tells its command line
    }
    note(process);
  }

  /** Keeps its id; a process that nobody could stop by that is ended at once. */
  private void note(Process process) throws IOException {
    Path file = folder.pidFile(name);
    try {
      Files.writeString(file, Long.toString(process.pid()));
    } catch (IOException e) {
      process.destroyForcibly().onExit().join();
      Files.deleteIfExists(file);
      throw new IOException(file + ": " + e.getMessage(), e); // such as: no space left
    }
  }

  private String mark() {
    return "-Dghostbeam.cluster=" + folder.root() + "/" + name;
  }

  /** Its id, or 0 where it has none or has ended. */
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
      return false; // ended, or somebody else's
    }
  }

  boolean isAlive() throws IOException {
    return pid() != 0;
  }

  /** Ends it, gently first, and waits until it is gone. */
  void stop() throws IOException, InterruptedException {
    askToEnd();
    awaitEnd();
  }

  void askToEnd() throws IOException {
    ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
  }

  void awaitEnd() throws IOException, InterruptedException {
    long forceAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GENTLE_MS);
    while (isAlive()) {
      if (System.nanoTime() > forceAt) {
        ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
      }
      Thread.sleep(POLL_MS);
    }
    Files.deleteIfExists(folder.pidFile(name));
  }
}
