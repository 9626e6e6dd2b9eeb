package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of torchvision, and one of ours as a module, on the sample's validation images. */
@Tag("soak")
class TorchvisionTest {
  private static final Path SAMPLE =
      Path.of("src/main/resources/ghostbeam/pipelines/demo/fashion-mnist-sample.zip");

  private static final String SIDE = "64";

  @TempDir Path root;

  @Test
  void scoresWhatPyTorchScoresAndTheSameHoweverItIsRun() throws Exception {
    Torchvision.assume();
    Torchvision.run("make", root.toString(), "10", SIDE, SAMPLE.toString());
    export();
    PreprocessPipeline.run(
        PipelineOptionsFactory.fromArgs(
                "--input=" + SAMPLE,
                "--output=" + root.resolve("data"),
                "--split=val",
                "--shards=4")
            .as(PreprocessOptions.class),
        new PrintStream(OutputStream.nullOutputStream(), true));
    List<String> modules = new ArrayList<>();
    for (String name : List.of("resnet18", "mobilenet_v3_small", "ours")) {
      modules.add(root.resolve(name + ".pt").toString());
    }
    Scene scene = new Scene(root);
    String reference = null;
    for (String runner :
        List.of(
            "DirectRunner --targetParallelism=1",
            "DirectRunner --targetParallelism=2",
            "DirectRunner --targetParallelism=4",
            "FlinkRunner --parallelism=1",
            "FlinkRunner --parallelism=2",
            "FlinkRunner --parallelism=4")) {
      List<String> flags = new ArrayList<>(List.of(("--runner=" + runner).split(" ")));
      flags.add("--checkpoints=" + String.join(",", modules));
      flags.addAll(
          List.of(
              "--inputSize=" + SIDE, "--cropFraction=1", "--interpolation=pillow", "--overwrite"));
      scene.evaluateRun("report", flags.toArray(String[]::new));
      String contents = scene.contents("report");
      reference = reference == null ? contents : reference;
      assertTrue(contents.equals(reference), runner);
    }

    List<String> arguments = new ArrayList<>(List.of("score", SAMPLE.toString(), SIDE));
    arguments.addAll(modules);
    JsonNode told = new ObjectMapper().readTree(Torchvision.run(arguments.toArray(String[]::new)));
    for (JsonNode row : scene.report("report").get("checkpoints")) {
      JsonNode expected = told.get(row.get("uri").asText());
      System.out.printf("%s: %s, PyTorch %s%n", row.get("name"), row.get("top1"), expected);
      long records = expected.get("records").asLong();
      assertEquals(records, row.get("records").asLong());
      for (String figure : List.of("top1", "top5")) {
        assertEquals(
            expected.get(figure).asDouble(),
            row.get(figure).get("correct").asDouble(),
            0.002 * records,
            figure);
      }
      double loss = expected.get("loss").asDouble();
      assertEquals(loss, row.get("loss").asDouble(), 1e-4 * Math.max(1, loss), "loss");
    }
  }

  private void export() throws Exception {
    Architecture architecture =
        Preset.GHOSTNET_NOSE_1X.architecture(10).withInputSize(Integer.parseInt(SIDE));
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            WeightKind.RAW,
            new CheckpointInfo.Training(1, 1, "", ""),
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            new ValidationView(architecture.inputSize(), 1, Interpolation.PILLOW));
    Path checkpoint = root.resolve("ours.safetensors");
    Checkpoint.write(Storage.local(), checkpoint.toString(), info, architecture.initialWeights(1));
    ModuleEvaluationTest.export(checkpoint, root.resolve("ours.pt"));
  }
}
