package ghostbeam.pipelines.launch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedFlinkTest {

  /** Preprocessing with 256 slots ended for want of buffers where Flink's own settings held. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 64, 256, 1024})
  void hasBuffersForTwoExchangesOfAllSlotsWithAll(int slots) {
    Configuration settings = EmbeddedFlink.settings(slots);
    long bytes = settings.get(TaskManagerOptions.NETWORK_MEMORY_MIN).getBytes();
    long buffers = bytes / settings.get(TaskManagerOptions.MEMORY_SEGMENT_SIZE).getBytes();
    assertTrue(buffers >= 2L * slots * (slots + 1) + 1024, buffers + " buffers");
    assertTrue(bytes <= Math.max(160 << 20, 10_000L * slots * slots), bytes + " bytes");
  }
}
