package ghostbeam.pipelines.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.pipelines.demo.DemoPipeline;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Trainings of an epoch of ghostnet-1x at 32×32 on the bundled sample, as a user starts them.
 *
 * @param root folder of the records and the trainings
 */
record SampleTraining(Path root) {
  private static final List<String> FLAGS =
      List.of(
          "--runner=DirectRunner",
          "--preset=ghostnet-1x",
          "--inputSize=32",
          "--epochs=1",
          "--warmupEpochs=0",
          "--opt=momentum",
          "--lr=0.05",
          "--lrMax=0.05",
          "--emaDecay=0",
          "--colorJitter=0",
          "--cropScale=0.5",
          "--cropFraction=1",
          "--perPrintTimes=1");
  private static final PrintStream SILENT =
      new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);

  /** Makes records of the first images of each of the sample's ten classes. */
  static SampleTraining prepare(Path root, int train, int val) throws IOException {
    Map<String, Integer> found = new HashMap<>();
    try (InputStream sample = DemoPipeline.class.getResourceAsStream("fashion-mnist-sample.zip");
        ZipInputStream zip = new ZipInputStream(sample)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = root.resolve("images").resolve(entry.getName());
        int wanted = entry.getName().startsWith("train/") ? train : val;
        if (entry.getName().endsWith(".JPEG")
            && found.merge(file.getParent().toString(), 1, Integer::sum) <= wanted) {
          Files.createDirectories(file.getParent());
          Files.write(file, zip.readAllBytes());
        }
      }
    }
    SampleTraining training = new SampleTraining(root);
    for (String split : List.of("train", "val")) {
      PreprocessPipeline.run(
          PipelineOptionsFactory.fromArgs(
                  "--input=" + root.resolve("images"),
                  "--split=" + split,
                  "--output=" + training.data(),
                  "--runner=DirectRunner")
              .as(PreprocessOptions.class),
          SILENT);
    }
    return training;
  }

  /** Folder of the records. */
  String data() {
    return root.resolve("data").toString();
  }

  /** The loss of each step of a training with further or other flags. */
  List<Double> losses(String name, String... flags) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(train(name, flags).resolve("training.jsonl"))) {
      JsonNode node = new ObjectMapper().readTree(line);
      if (node.has("loss")) {
        losses.add(node.get("loss").asDouble());
      }
    }
    return losses;
  }

  /** The class that a training's last weights see in each validation image. */
  int[] answers(String name, String... flags) throws Exception {
    Path file = train(name, flags).resolve("checkpoints/epoch-0001.safetensors");
    Checkpoint checkpoint = Checkpoint.read(Storage.local(), file.toString());
    ValidationView view = checkpoint.info().preprocessing();
    ExampleDecoder source = new ExampleDecoder(Codec.best());
    int side = view.inputSize();
    try (Dataset val = Dataset.open(Storage.local(), data(), "val");
        Classifier classifier = Classifier.load(checkpoint, Precision.FLOAT32)) {
      int[] answers = new int[(int) val.manifest().records()];
      for (int i = 0; i < answers.length; i++) {
        ByteBuffer image = ByteBuffer.allocateDirect(side * side * 3);
        image.put(view.apply(source.decode(val.read(i))).rgb()).flip();
        float[] logits = classifier.logits(image, 1, side);
        for (int c = 1; c < logits.length; c++) {
          answers[i] = logits[c] > logits[answers[i]] ? c : answers[i];
        }
      }
      return answers;
    }
  }

  private Path train(String name, String... flags) throws IOException {
    Path output = root.resolve(name.replace(' ', '-'));
    Stream<String> usual =
        FLAGS.stream()
            .filter(
                flag ->
                    Arrays.stream(flags)
                        .noneMatch(other -> other.startsWith(flag.replaceFirst("=.*", "="))));
    Stream<String> places = Stream.of("--data=" + data(), "--output=" + output);
    String[] all =
        Stream.of(usual, Arrays.stream(flags), places).flatMap(part -> part).toArray(String[]::new);
    TrainPipeline.run(PipelineOptionsFactory.fromArgs(all).as(TrainOptions.class), SILENT);
    return output;
  }
}
