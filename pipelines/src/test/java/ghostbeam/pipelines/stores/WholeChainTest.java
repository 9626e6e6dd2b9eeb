package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.record.Storage;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.report.ReportOptions;
import ghostbeam.pipelines.train.TrainOptions;
import ghostbeam.pipelines.train.TrainPipeline;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From images to a report with every path in a store, as on the disk. */
@Timeout(180)
class WholeChainTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final int SIDE = 32;
  private static final int LARGEST = 64 << 20;

  private final List<String> reach = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void scoresTheSameInAStoreAsOnTheDisk() throws Exception {
    compare("--runner=DirectRunner");
  }

  @Test
  @Tag("soak")
  void scoresTheSameInAStoreOnFlink() throws Exception {
    compare("--runner=FlinkRunner", "--parallelism=2");
  }

  private void compare(String... runner) throws Exception {
    try (GcsServer gcs = GcsServer.start();
        S3Server s3 = S3Server.start(folder.resolve("s3"))) {
      reach.addAll(gcs.flags());
      reach.addAll(s3.flags());
      reach.add("--runner=DirectRunner");
      FileSystems.setDefaultPipelineOptions(options(PipelineOptions.class));
      String disk = folder + "/disk";
      List<String> digests = chain(disk);
      reach.remove("--runner=DirectRunner");
      reach.addAll(List.of(runner));
      for (TestStore store : List.of(gcs, s3)) {
        String root = store.root() + "/chain";

        assertEquals(digests, chain(root));

        assertArrayEquals(
            STORAGE.readWhole(disk + "/run/checkpoints/best.safetensors", LARGEST),
            STORAGE.readWhole(root + "/run/checkpoints/best.safetensors", LARGEST));
        assertEquals(scores(disk + "/report"), scores(root + "/report"));
        assertEquals(scores(disk + "/report"), scores(root + "/joined"));
        assertEquals(List.of(), store.unknown());
      }
    }
  }

  /** From images to a joined report; the datasets' digests. */
  private List<String> chain(String root) throws Exception {
    List<String> digests = new ArrayList<>();
    for (String split : List.of("train", "val")) {
      for (int i = 0; i < 20; i++) {
        String name =
            root + "/images/" + split + (i % 2 == 0 ? "/bright/" : "/dark/") + i + ".JPEG";
        STORAGE.writeWhole(name, ByteBuffer.wrap(NoisePicture.jpeg(SIDE, i, i % 2 == 0 ? 160 : 0)));
      }
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      PreprocessPipeline.run(
          options(
              PreprocessOptions.class,
              "--input=" + root + "/images",
              "--split=" + split,
              "--shards=2",
              "--output=" + root + "/data"),
          new PrintStream(said, true, UTF_8));
      String text = said.toString(UTF_8);
      digests.add(text.substring(text.indexOf("digest sha256:")));
    }
    TrainPipeline.run(
        options(
            TrainOptions.class,
            "--data=" + root + "/data",
            "--output=" + root + "/run",
            "--layers=1,1,1,1,1,1",
            "--channels=8,8,8,8,8,8",
            "--inputSize=32",
            "--batchSize=10",
            "--epochs=1",
            "--warmupEpochs=0"),
        quiet());
    EvaluatePipeline.run(
        options(
            EvaluateOptions.class,
            "--data=" + root + "/data",
            "--checkpoints=" + root + "/run",
            "--output=" + root + "/report"),
        quiet());
    ReportJob.run(
        options(
            ReportOptions.class,
            "--evaluations=" + root + "/report",
            "--output=" + root + "/joined"),
        quiet());
    return digests;
  }

  /** Per checkpoint its digest and what it scored. */
  private static List<String> scores(String report) throws IOException {
    byte[] json = STORAGE.readWhole(report + "/report.json", LARGEST);
    List<String> scores = new ArrayList<>();
    for (JsonNode row : new ObjectMapper().readTree(json).get("checkpoints")) {
      scores.add(row.get("digest") + " " + row.get("top1") + " " + row.get("loss"));
    }
    return scores;
  }

  private <T extends PipelineOptions> T options(Class<T> type, String... flags) {
    List<String> all = new ArrayList<>(reach);
    all.addAll(List.of(flags));
    return PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).as(type);
  }

  private static PrintStream quiet() {
    return new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
  }
}
