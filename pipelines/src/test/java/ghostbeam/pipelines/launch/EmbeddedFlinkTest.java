package ghostbeam.pipelines.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.FreshJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedFlinkTest {

  /** With Flink's own settings, preprocessing with 256 slots failed for lack of buffers. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 64, 256, 1024})
  void hasBuffersForTwoAllToAllExchanges(int slots) {
    Configuration settings = EmbeddedFlink.settings(slots);
    long bytes = settings.get(TaskManagerOptions.NETWORK_MEMORY_MIN).getBytes();
    long buffers = bytes / settings.get(TaskManagerOptions.MEMORY_SEGMENT_SIZE).getBytes();
    assertTrue(buffers >= 2L * slots * (slots + 1) + 1024, buffers + " buffers");
    assertTrue(bytes <= Math.max(160 << 20, 10_000L * slots * slots), bytes + " bytes");
  }

  /** Also after a job has closed them. */
  @Test
  void loadsTheRpcSystemOnce() {
    RpcSystem first = RpcSystem.load(new Configuration());
    first.close();
    assertSame(first, RpcSystem.load(new Configuration()));
  }

  /** A separate JVM that resolves names only from a hosts file. */
  static final class Nameless {
    private Nameless() {}

    public static void main(String[] arguments) {
      try {
        System.out.println(EmbeddedFlink.configuration(1));
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void saysWhatToDoIfTheMachinesNameHasNoAddress() throws Exception {
    List<String> line = FreshJvm.command("-Djdk.net.hosts.file=/dev/null");
    line.add(Nameless.class.getName());
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(
        said.matches(
            "(?s).*this machine's name (\\S+) has no address[^;]*;"
                + " add the line '127\\.0\\.0\\.1 \\1' to /etc/hosts\\s*"),
        said);
  }
}
