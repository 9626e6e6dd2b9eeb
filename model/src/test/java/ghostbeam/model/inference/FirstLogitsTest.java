package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time from a checkpoint's file to its first logits. */
class FirstLogitsTest {
  /**
   * Processor time, which does not depend on other load: three times what two cores take in total;
   * ClassifierBench measures it.
   */
  private static final double BOUND_SECONDS = 20;

  @Test
  void comeSoonFromALargeCheckpoint(@TempDir Path folder) throws Exception {
    Architecture architecture = Preset.S_GHOSTNET_B4.architecture(1000);
    int side = architecture.inputSize();
    String path = folder.resolve("b4.safetensors").toString();
    Checkpoint.write(Storage.local(), path, info(architecture), Golden.fill(architecture));
    Classifier.engineVersion(); // loads the engine, once per process

    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = process.getProcessCpuTime();
    Checkpoint checkpoint = Checkpoint.read(Storage.local(), path);
    try (Classifier classifier = Classifier.load(checkpoint, Precision.FLOAT32)) {
      classifier.logits(ByteBuffer.allocateDirect(4 * side * side * 3), 4, side);
    }
    double seconds = (process.getProcessCpuTime() - start) / 1e9;
    assertTrue(seconds < BOUND_SECONDS, () -> seconds + " s to the first batch's logits");
  }

  static CheckpointInfo info(Architecture architecture) {
    List<String> classes = IntStream.range(0, 1000).mapToObj(c -> "n" + c).toList();
    ValidationView view = new ValidationView(architecture.inputSize(), 0.875, Interpolation.OPENCV);
    return new CheckpointInfo(
        architecture, WeightKind.RAW, new CheckpointInfo.Training(1, 1, "", ""), classes, view);
  }
}
