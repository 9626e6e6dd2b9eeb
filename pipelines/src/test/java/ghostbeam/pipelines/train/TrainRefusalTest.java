package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.cli.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trainings that are refused end with one line that says what to do. */
class TrainRefusalTest extends TrainCase {
  @Test
  void saysHowTheClassesDifferAndTheRemedy() throws IOException {
    Path images = root.resolve("other-images");
    for (String name : List.of("bright", "caf\u00e9")) {
      Path folder = Files.createDirectories(images.resolve("val/" + name));
      Files.write(folder.resolve("a.JPEG"), NoisePicture.jpeg(SIDE, 1, 160));
    }
    Path other = root.resolve("other");
    preprocess(images, "val", other);
    Exception failure =
        assertThrows(IOException.class, () -> train("differ", with("--validation=" + other)));
    assertEquals(
        "the classes of %1$s (train) and %2$s (val) differ: class 1 is 'dark' in one and 'caf\u00e9' in the other; make val again: ./run preprocess --split=val --classes=%1$s/train-manifest.json"
            .formatted(root.resolve("data"), other),
        failure.getMessage());
  }

  @Test
  void refusesAnOutputThatHoldsATraining() throws IOException {
    train("kept", with("--epochs=1", "--warmupEpochs=0"));
    String said = printed.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("Trained 1 epoch in "), said);
    Exception failure = assertThrows(IOException.class, () -> train("kept", TINY));
    assertTrue(failure.getMessage().contains("--overwrite"), failure.getMessage());
    train("kept", with("--epochs=2", "--overwrite", "--keepCheckpoints=1"));
    assertTrue(Files.exists(root.resolve("kept/checkpoints/epoch-0002.safetensors")));
    assertTrue(Files.notExists(root.resolve("kept/checkpoints/epoch-0001.safetensors")));
  }

  @Test
  void refusesAnotherClassCountThanTheData() {
    Exception failure =
        assertThrows(Exception.class, () -> train("classes", with("--numClasses=1000")));
    assertTrue(
        failure
            .getMessage()
            .endsWith(" has 2; leave out --numClasses, which defaults to the data's"),
        failure.getMessage());
    assertTrue(Files.notExists(root.resolve("classes")));
  }

  @Test
  void namesTheInvalidFlag() {
    assertTrue(usage(with("--smoothing=1")).contains("--smoothing"));
    assertTrue(usage(with("--lossScale=0")).contains("--lossScale"));
    assertTrue(usage(with("--layers=1,2,x")).contains("--layers"));
    assertTrue(usage(with("--interpolation=lanczos")).contains("--interpolation"));
    assertTrue(
        usage(with("--inputSize=1024", "--batchSize=256"))
            .startsWith("--batchSize is at most 170 with an inputSize of 1024, as a batch takes"));
    assertTrue(
        usage(with("--randAugment=9")).startsWith("randAugment is none or LAYERS,MAGNITUDE"));
    assertTrue(
        usage("--preset=s-ghostnet-b4", "--randAugment=2,9")
            .endsWith("exclude each other; give --autoaugment=false to have RandAugment alone"));
    assertTrue(usage("--large").contains("--layers"));
  }

  @Test
  void saysWhichDatasetIsMissing() {
    IOException failure =
        assertThrows(
            IOException.class,
            () -> train("missing", with("--validation=" + root.resolve("nowhere"))));
    assertTrue(failure.getMessage().contains("nowhere"), failure.getMessage());
  }

  private String usage(String... flags) {
    return assertThrows(UsageException.class, () -> train("usage", flags)).getMessage();
  }
}
