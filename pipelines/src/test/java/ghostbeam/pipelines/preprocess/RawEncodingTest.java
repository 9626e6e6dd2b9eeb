package ghostbeam.pipelines.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.train.TrainOptions;
import ghostbeam.pipelines.train.TrainPipeline;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raw records train and score as the JPEGs whose pixels they hold. */
class RawEncodingTest {
  private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), true);

  /** A runner for each encoding; neither changes a byte. */
  private static final Map<String, String> RUNNERS =
      Map.of("original", "--runner=DirectRunner", "raw", "--runner=FlinkRunner");

  @TempDir static Path root;

  @BeforeAll
  static void makeBothDatasets() throws IOException {
    Random random = new Random(3);
    for (String split : new String[] {"train", "val"}) {
      for (int i = 0; i < 24; i++) {
        byte[] rgb = new byte[(40 + i) * 36 * 3];
        random.nextBytes(rgb);
        Path folder = root.resolve("images/" + split + "/n" + i % 2);
        Files.createDirectories(folder);
        Files.write(
            folder.resolve(i + ".JPEG"), Codec.best().encodeJpeg(new Pixels(40 + i, 36, rgb), 90));
      }
      for (String encoding : new String[] {"original", "raw"}) {
        PreprocessPipeline.run(
            options(
                PreprocessOptions.class,
                "--input=" + root.resolve("images"),
                "--split=" + split,
                "--encoding=" + encoding,
                "--shards=3",
                "--output=" + root.resolve(encoding),
                RUNNERS.get(encoding)),
            NOWHERE);
      }
    }
  }

  @Test
  void keepsThePixelsOfTheJpegs() throws Exception {
    try (Dataset jpegs = open("original");
        Dataset raws = open("raw")) {
      assertEquals(24, raws.manifest().records());
      assertEquals("raw", raws.manifest().settings().encoding());
      for (int i = 0; i < 24; i++) {
        Example jpeg = jpegs.read(i);
        Example raw = raws.read(i);
        assertEquals(jpeg.filename(), raw.filename());
        assertEquals("RAW", raw.format());
        assertArrayEquals(Codec.best().decode(jpeg.encoded()).rgb(), raw.encoded());
        assertEquals(Codec.best().decode(jpeg.encoded()).digest(), raw.pixelDigest());
      }
    }
  }

  @Test
  void trainsAndScoresToTheSameFigures() throws IOException {
    Weights fromJpegs = train("original");
    Weights fromRaws = train("raw");
    for (TensorSpec tensor : fromJpegs.specs()) {
      assertArrayEquals(fromJpegs.get(tensor.name()), fromRaws.get(tensor.name()), tensor.name());
    }

    JsonNode ofJpegs = evaluate("original");
    JsonNode ofRaws = evaluate("raw");
    assertEquals(24, ofRaws.get("records").asInt());
    for (String figure : new String[] {"top1", "top5", "loss", "calibrationError"}) {
      assertEquals(ofJpegs.get(figure), ofRaws.get(figure));
    }
    assertEquals(pictures("original"), pictures("raw"));
    assertFalse(pictures("raw").isEmpty());
  }

  /** The confused images that a report shows. */
  private static List<String> pictures(String encoding) throws IOException {
    String page = Files.readString(root.resolve("report-" + encoding + "/report.html"), UTF_8);
    return Pattern.compile("data:image/jpeg;base64,[^\"]+")
        .matcher(page)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  private static Weights train(String encoding) throws IOException {
    TrainPipeline.run(
        options(
            TrainOptions.class,
            "--data=" + root.resolve(encoding),
            "--output=" + root.resolve("trained-" + encoding),
            "--layers=1,1,1,1,1,1",
            "--channels=8,8,8,8,8,8",
            "--inputSize=32",
            "--batchSize=8",
            "--epochs=1",
            "--warmupEpochs=0",
            RUNNERS.get(encoding)),
        NOWHERE);
    return Checkpoint.read(Storage.local(), checkpoint(encoding)).weights();
  }

  private static String checkpoint(String encoding) {
    return root.resolve("trained-" + encoding + "/checkpoints/epoch-0001.safetensors").toString();
  }

  /** Scores the network trained on JPEGs. */
  private static JsonNode evaluate(String encoding) throws IOException {
    Path output = root.resolve("report-" + encoding);
    EvaluatePipeline.run(
        options(
            EvaluateOptions.class,
            "--data=" + root.resolve(encoding),
            "--checkpoints=" + checkpoint("original"),
            "--output=" + output,
            RUNNERS.get(encoding)),
        NOWHERE);
    String report = Files.readString(output.resolve("report.json"), UTF_8);
    return new ObjectMapper().readTree(report).get("checkpoints").get(0);
  }

  private static Dataset open(String encoding) throws IOException {
    return Dataset.open(Storage.local(), root.resolve(encoding).toString(), "val");
  }

  private static <T extends PipelineOptions> T options(Class<T> type, String... flags) {
    return PipelineOptionsFactory.fromArgs(flags).withValidation().as(type);
  }
}
