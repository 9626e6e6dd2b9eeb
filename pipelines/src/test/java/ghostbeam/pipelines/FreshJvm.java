package ghostbeam.pipelines;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command of a new JVM with this one's Java, modules and class path. */
public final class FreshJvm {
  private FreshJvm() {}

  /** To be followed by a main class and its arguments. */
  public static List<String> command(String... flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.add("-Dai.djl.offline=true");
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(classPath());
    return command;
  }

  /** This one's. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
