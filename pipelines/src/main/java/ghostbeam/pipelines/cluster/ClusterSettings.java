package ghostbeam.pipelines.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/** A cluster's settings, and the process flags that Flink's scripts would derive from them. */
record ClusterSettings(Configuration configuration) {
  private static final String LOOPBACK = "127.0.0.1";

  /** Reads the settings in a cluster's folder. */
  static ClusterSettings read(ClusterFolder folder) {
    return new ClusterSettings(GlobalConfiguration.loadConfiguration(folder.conf().toString()));
  }

  /** Writes the settings that GhostBeam's jobs need on any cluster. */
  static void writeGeneral(Path conf) throws IOException {
    Files.createDirectories(conf);
    Files.writeString(conf.resolve(GlobalConfiguration.FLINK_CONF_FILENAME), text("config.yaml"));
    Files.writeString(conf.resolve("logback.xml"), text("logback.xml"));
  }

  /** The same, with everything listening only on the loopback interface. */
  static void writeLocal(ClusterFolder folder, int port) throws IOException {
    writeGeneral(folder.conf());
    List<String> lines =
        List.of(
            "",
            "# This machine only.",
            "rest.address: " + LOOPBACK,
            "rest.bind-address: " + LOOPBACK,
            "rest.port: " + port,
            "jobmanager.rpc.address: " + LOOPBACK,
            "jobmanager.bind-host: " + LOOPBACK,
            "jobmanager.rpc.port: " + freePort(),
            "taskmanager.host: " + LOOPBACK,
            "taskmanager.bind-host: " + LOOPBACK,
            "# How often a TaskManager retries to register; the default is 10 s.",
            "cluster.registration.error-delay: 250",
            "io.tmp.dirs: " + folder.temporary(),
            "web.tmpdir: " + folder.temporary());
    Files.write(
        folder.conf().resolve(GlobalConfiguration.FLINK_CONF_FILENAME),
        lines,
        java.nio.file.StandardOpenOption.APPEND);
  }

  static void writeEnvironment(Path file) throws IOException {
    Files.writeString(file, text("ghostbeam.env"));
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = ClusterSettings.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  List<String> jobManagerFlags() {
    JobManagerProcessSpec spec =
        JobManagerProcessUtils.processSpecFromConfigWithNewOptionToInterpretLegacyHeap(
            configuration, JobManagerOptions.JVM_HEAP_MEMORY);
    return flags(JobManagerProcessUtils.generateJvmParametersStr(spec, configuration));
  }

  List<String> taskManagerFlags() {
    return flags(ProcessMemoryUtils.generateJvmParametersStr(taskManager()));
  }

  /** A TaskManager's command line arguments besides the configuration folder. */
  List<String> taskManagerArguments(String id) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(taskManager())));
    arguments.addAll(List.of("-D", "taskmanager.resource-id=" + id));
    return arguments;
  }

  private TaskExecutorProcessSpec taskManager() {
    return TaskExecutorProcessUtils.processSpecFromConfig(configuration);
  }

  private List<String> flags(String memory) {
    List<String> flags = new ArrayList<>(words(memory));
    flags.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    return flags;
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }
}
