package ghostbeam.pipelines.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.pipelines.FreePort;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** A cluster on a free port, started and used through the commands that users type. */
public final class RunningCluster implements AutoCloseable {
  private static final long PATIENCE_S = 600;

  /** These processes mostly start up, so optimised compilation would come too late. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  /** The tests' settings, which suppress progress output. */
  private static final String AS_USERS_SEE_IT = "-Dlogback.configurationFile=logback.xml";

  private static final String JAVA_HOME = "JAVA_HOME";

  private final Path folder;
  private final Map<String, String> environment;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  /** Starts a cluster of two TaskManagers, with its folder in the given one. */
  public static RunningCluster start(Path folder) throws Exception {
    return start(folder, Map.of());
  }

  /**
   * The same with additional environment variables; {@code JAVA_HOME} selects the Java, 23 or
   * newer, that runs everything.
   */
  public static RunningCluster start(Path folder, Map<String, String> environment)
      throws Exception {
    RunningCluster cluster = new RunningCluster(folder, environment);
    cluster.succeed("cluster", "start", "--taskManagers=2");
    return cluster;
  }

  private RunningCluster(Path folder, Map<String, String> environment) throws IOException {
    this.folder = folder;
    this.environment = environment;
    this.port = FreePort.find();
  }

  public int port() {
    return port;
  }

  /** A running command, whose output goes to a file. */
  public record Command(Process process, Path said) {
    public String text() throws IOException {
      return Files.readString(said);
    }

    /** The output of each job of a session, which starts with its settings. */
    public List<String> texts() throws IOException {
      List<String> texts = List.of(text().split("(?m)^allocator ", -1));
      return texts.subList(1, texts.size());
    }

    /** Waits until this many processes of its job are paused. */
    public void awaitHeld(HeldFiles.Hold hold, int processes) throws Exception {
      hold.await(process, said, processes);
    }

    /** Waits for its end and returns the exit code. */
    public int await() throws Exception {
      assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS), text());
      return process.exitValue();
    }
  }

  /** Starts a command with the flag that selects this cluster. */
  public Command begin(String command, String... words) throws IOException {
    return begin(Map.of(), command, words);
  }

  /** The same with additional environment variables. */
  public Command begin(Map<String, String> more, String command, String... words)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("ghostbeam.pipelines.Main", command));
    arguments.addAll(Arrays.asList(words));
    if (Arrays.stream(words).anyMatch(HeldFiles::isNamedIn)) {
      arguments.add(HeldFiles.staged());
    }
    arguments.add(command.equals("cluster") ? "--port=" + port : master());
    return begin(command, arguments, more);
  }

  private String master() {
    return "--flinkMaster=127.0.0.1:" + port;
  }

  private Command begin(String name, List<String> arguments, Map<String, String> more)
      throws IOException {
    List<String> line =
        FreshJvm.command("-Xmx1g", "-Djava.io.tmpdir=" + temporary(name), AS_USERS_SEE_IT);
    if (environment.containsKey(JAVA_HOME)) {
      line.set(0, Path.of(environment.get(JAVA_HOME), "bin", "java").toString());
      line.add(1, "--sun-misc-unsafe-memory-access=allow"); // as the run script does
    }
    line.addAll(arguments);
    Path said = Files.createTempFile(folder, name, ".said");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("JAVA_TOOL_OPTIONS", QUICK_START);
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    return new Command(builder.start(), said);
  }

  /**
   * The temporary folder, which contains the cluster's. Each client gets its own: if modules are
   * folders and not jars, Beam packs them into files there, named by content, which one client
   * could overwrite while another uploads them.
   */
  private Path temporary(String command) throws IOException {
    return command.equals("cluster") ? folder : Files.createTempDirectory(folder, "client-");
  }

  /**
   * Starts commands that run one after another in one process, each with the flags that select this
   * cluster; a command after {@link Session#NOT} must fail.
   */
  public Command begin(List<List<String>> commands) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(Session.class.getName()));
    for (List<String> command : commands) {
      arguments.addAll(command);
      if (command.stream().anyMatch(HeldFiles::isNamedIn)) {
        arguments.add(HeldFiles.staged());
      }
      arguments.addAll(List.of("--runner=FlinkRunner", master(), Session.THEN));
    }
    return begin("session", arguments, Map.of());
  }

  /** Runs a command that must succeed and returns its output. */
  public String succeed(String command, String... words) throws Exception {
    Command run = begin(command, words);
    assertEquals(0, run.await(), run.text());
    return run.text();
  }

  /** A process's resources after a full garbage collection. */
  public ProcessResources holdings(String name) throws Exception {
    return ProcessResources.of(processes().get(name));
  }

  /** The number of processes with the cluster's folder in their command lines. */
  public long traces() throws IOException {
    return ProcessTable.naming(root() + "/");
  }

  private Path root() {
    return folder.resolve("ghostbeam-cluster-" + System.getProperty("user.name") + "-" + port);
  }

  /** Process ids of the cluster, by name. */
  public Map<String, Long> processes() throws IOException {
    Map<String, Long> processes = new TreeMap<>();
    ClusterFolder own = new ClusterFolder(root());
    List<FlinkProcess> all = new ArrayList<>(own.taskManagers());
    all.add(own.jobManager());
    for (FlinkProcess process : all) {
      if (process.isAlive()) {
        processes.put(process.name(), process.pid());
      }
    }
    return processes;
  }

  /** A process's standard output and error. */
  public String output(String name) throws IOException {
    return Files.readString(new ClusterFolder(root()).output(name));
  }

  /** The addresses on which the processes listen. */
  public Set<InetAddress> listening() throws IOException {
    return ProcessTable.listening(processes().values());
  }

  /** Kills a process by SIGKILL. */
  public void kill(String name) throws Exception {
    ProcessHandle process = ProcessHandle.of(processes().get(name)).orElseThrow();
    process.destroyForcibly();
    process.onExit().get(PATIENCE_S, TimeUnit.SECONDS);
  }

  /** A response of Flink's REST API. */
  public JsonNode rest(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return new ObjectMapper()
        .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /** Ids of the jobs whose name has this prefix, newest first. */
  public List<String> jobs(String name) throws Exception {
    return StreamSupport.stream(rest("/jobs/overview").path("jobs").spliterator(), false)
        .filter(job -> job.path("name").asText().startsWith(name))
        .sorted(
            (a, b) -> Long.compare(b.path("start-time").asLong(), a.path("start-time").asLong()))
        .map(job -> job.path("jid").asText())
        .toList();
  }

  /** A job's current state; Flink's details of a single job may be three seconds old. */
  public String state(String job) throws Exception {
    for (JsonNode known : rest("/jobs/overview").path("jobs")) {
      if (known.path("jid").asText().equals(job)) {
        return known.path("state").asText();
      }
    }
    return "unknown";
  }

  /** Waits until Flink's details of a single job show its end, too. */
  public void awaitKnownEnd(String job) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (!rest("/jobs/" + job).path("state").asText().matches("FAILED|FINISHED|CANCELED")) {
      assertTrue(System.nanoTime() < deadline, "job " + job + " does not end");
      Thread.sleep(100);
    }
  }

  /** A job's vertices whose names contain a word, with their subtasks. */
  public List<JsonNode> stages(String job, String word) throws Exception {
    List<JsonNode> stages = new ArrayList<>();
    for (JsonNode vertex : rest("/jobs/" + job).path("vertices")) {
      if (vertex.path("name").asText().contains(word)) {
        stages.add(rest("/jobs/" + job + "/vertices/" + vertex.path("id").asText()));
      }
    }
    return stages;
  }

  /** Waits until the newest job with a name has a running vertex; the job must not end. */
  public String awaitRunning(Command command, String name, String stage) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (System.nanoTime() < deadline && command.process().isAlive()) {
      for (String job : jobs(name)) {
        for (JsonNode found : stages(job, stage)) {
          for (JsonNode subtask : found.path("subtasks")) {
            if (subtask.path("status").asText().equals("RUNNING")) {
              return job;
            }
          }
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError(stage + " never ran: " + command.text());
  }

  /** Stops all processes that are still running. */
  @Override
  public void close() throws IOException {
    try {
      if (!processes().isEmpty()) {
        succeed("cluster", "stop");
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
