package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.golden.EagerNetwork;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.LoadedModule;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.torchscript.TorchScript;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Three ways to compute a network, on real images: predictions must not depend on the way. */
class SamplePredictionsTest {
  private static final Path SAMPLE =
      Path.of("../pipelines/src/main/resources/ghostbeam/pipelines/demo/fashion-mnist-sample.zip");

  private static final int SIDE = 32;
  private static final int BATCH = 100;
  private static final int CLASSES = 1000;

  @Test
  void noPredictionDependsOnHowItIsComputed() throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(CLASSES);
    Weights weights = Golden.fill(architecture);
    ByteArrayOutputStream portable = new ByteArrayOutputStream();
    CheckpointInfo info = FirstLogitsTest.info(architecture.withInputSize(SIDE));
    TorchScript.writePortable(info, weights, Precision.FLOAT32, portable);
    List<Pixels> images = validationImages();
    int[] byClassifier = new int[images.size()];
    int[] byModule = new int[images.size()];
    int[] byReference = new int[images.size()];
    try (Classifier classifier = Classifier.of(architecture, weights);
        LoadedModule module = new LoadedModule(portable.toByteArray())) {
      for (int first = 0; first < images.size(); first += BATCH) {
        List<Pixels> batch = images.subList(first, first + BATCH);
        ByteBuffer samples = samples(batch);
        put(classifier.logits(samples, BATCH, SIDE), byClassifier, first);
        put(module.logits(samples, DataType.UINT8, BATCH, SIDE), byModule, first);
        float[] normalized = normalized(batch);
        put(
            EagerNetwork.logits(architecture, weights, normalized, BATCH, SIDE),
            byReference,
            first);
      }
    }
    long distinct = Arrays.stream(byReference).distinct().count();
    assertTrue(distinct >= 10, "the network tells only " + distinct + " classes apart");
    assertArrayEquals(byReference, byClassifier);
    assertArrayEquals(byReference, byModule);
  }

  private static List<Pixels> validationImages() throws Exception {
    ValidationView view = new ValidationView(SIDE, 1, Interpolation.OPENCV);
    List<Pixels> images = new ArrayList<>();
    try (ZipFile zip = new ZipFile(SAMPLE.toFile())) {
      for (ZipEntry entry : zip.stream().filter(e -> e.getName().startsWith("val/")).toList()) {
        byte[] file = zip.getInputStream(entry).readAllBytes();
        images.add(view.apply(Codec.best().decode(file)));
      }
    }
    assertTrue(images.size() == 1000, () -> images.size() + " images in " + SAMPLE);
    return images;
  }

  private static ByteBuffer samples(List<Pixels> images) {
    ByteBuffer samples = ByteBuffer.allocateDirect(images.size() * SIDE * SIDE * 3);
    images.forEach(image -> samples.put(image.rgb()));
    return samples.flip();
  }

  /** The images as (N,3,H,W). */
  private static float[] normalized(List<Pixels> images) {
    FloatBuffer channelsLast = FloatBuffer.allocate(images.size() * SIDE * SIDE * 3);
    images.forEach(image -> Normalization.put(image, channelsLast));
    float[] planes = new float[channelsLast.capacity()];
    int pixels = SIDE * SIDE;
    for (int i = 0; i < planes.length; i++) {
      int image = i / (3 * pixels);
      int channel = i / pixels % 3;
      planes[i] = channelsLast.get((image * pixels + i % pixels) * 3 + channel);
    }
    return planes;
  }

  /** The classes of the largest logits. */
  private static void put(float[] logits, int[] classes, int first) {
    for (int i = 0; i < logits.length; i++) {
      int image = first + i / CLASSES;
      int best = i - i % CLASSES + classes[image];
      classes[image] = logits[i] > logits[best] ? i % CLASSES : classes[image];
    }
  }
}
