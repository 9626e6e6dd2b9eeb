package ghostbeam.pipelines.average;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.CheckpointInfo.Average;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AverageJobTest {
  private static final List<String> CLASSES = List.of("dark", "grey", "light");
  private static final int IMAGES_PER_CLASS = 12;
  private static final int SIDE = 32;
  private static final Architecture NETWORK = network(8);
  private static final Storage STORAGE = Storage.local();

  @TempDir static Path folder;

  @BeforeAll
  static void build() throws IOException {
    Random random = new Random(3);
    for (int label = 0; label < CLASSES.size(); label++) {
      Path images = Files.createDirectories(folder.resolve("images").resolve(CLASSES.get(label)));
      for (int i = 0; i < IMAGES_PER_CLASS; i++) {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int p = 0; p < rgb.length; p++) {
          rgb[p] = (byte) (60 * label + random.nextInt(120));
        }
        Files.write(
            images.resolve(i + ".JPEG"), Codec.best().encodeJpeg(new Pixels(SIDE, SIDE, rgb), 95));
      }
    }
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=DirectRunner",
                "--input=" + folder.resolve("images"),
                "--output=" + folder.resolve("data"),
                "--split=val",
                "--shards=1")
            .as(PreprocessOptions.class);
    PreprocessPipeline.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
    for (int seed = 1; seed <= 3; seed++) {
      write("run/checkpoints/epoch-000" + seed, NETWORK, CLASSES, seed);
    }
    Files.copy(path("run/checkpoints/epoch-0003"), path("run/checkpoints/best"));
  }

  private static Architecture network(int width) {
    return BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, width), false)
        .named("tiny")
        .withInputSize(SIDE)
        .withClasses(3);
  }

  private static Path path(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private static void write(String name, Architecture network, List<String> classes, int seed)
      throws IOException {
    CheckpointInfo info =
        new CheckpointInfo(
            network,
            WeightKind.EMA,
            new CheckpointInfo.Training(seed, 10L * seed, "sha256:data", "{\"seed\":" + seed + "}"),
            classes,
            new ValidationView(SIDE, 1, Interpolation.TORCHVISION));
    Checkpoint.write(STORAGE, path(name).toString(), info, network.initialWeights(seed));
  }

  private static String run(String... flags) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--runner=DirectRunner");
    AverageOptions options =
        PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).as(AverageOptions.class);
    AverageJob.run(options, new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static Checkpoint read(String name) throws IOException {
    return Checkpoint.read(STORAGE, path(name).toString());
  }

  private static String files(int... seeds) {
    StringBuilder files = new StringBuilder("--checkpoints=");
    for (int seed : seeds) {
      files.append(path("run/checkpoints/epoch-000" + seed)).append(',');
    }
    return files.toString();
  }

  private static String to(String name) {
    return "--to=" + path(name);
  }

  @Test
  void theMeanOfTwoIsHalfTheirSumInEveryTensor() throws IOException {
    String said = run(files(1, 2), to("two"));

    assertEquals(path("two") + ": the mean of epoch-0001, epoch-0002\n", said);
    Weights first = NETWORK.initialWeights(1);
    Weights second = NETWORK.initialWeights(2);
    Checkpoint two = read("two");
    for (TensorSpec spec : first.specs()) {
      float[] expected = new float[spec.size()];
      for (int i = 0; i < expected.length; i++) {
        double sum = (double) first.get(spec.name())[i] + second.get(spec.name())[i];
        expected[i] = (float) (sum / 2);
      }
      assertArrayEquals(expected, two.weights().get(spec.name()), spec.name());
    }
    CheckpointInfo info = two.info();
    assertEquals(NETWORK, info.architecture());
    assertEquals(WeightKind.EMA, info.weights());
    assertEquals(CLASSES, info.classes());
    assertEquals(Interpolation.TORCHVISION, info.preprocessing().interpolation());
    assertEquals(2, info.training().epoch());
    assertEquals(20, info.training().step());
    assertEquals("sha256:data", info.training().dataset());
    assertEquals("", info.training().recipe(), "recipes of two seeds are not one");
    assertEquals(
        List.of(
            new Average.Part("epoch-0001", digest(1), 0.5, null),
            new Average.Part("epoch-0002", digest(2), 0.5, null)),
        info.training().average().parts());
    assertNull(info.training().average().chosenOn());
  }

  private static String digest(int seed) throws IOException {
    return read("run/checkpoints/epoch-000" + seed).digest();
  }

  /** A folder of a training holds its best twice. */
  @Test
  void copiesCountOnceAndTheFolderDoesNotMatter() throws IOException {
    run("--checkpoints=" + folder.resolve("run"), to("all"));
    List<Average.Part> parts = read("all").info().training().average().parts();

    assertEquals(
        List.of("best", "epoch-0001", "epoch-0002"),
        parts.stream().map(Average.Part::name).toList());
    run(
        "--checkpoints=" + folder.resolve("run/checkpoints/{best,epoch-000[12]}.safetensors"),
        to("again"));
    assertArrayEquals(Files.readAllBytes(path("all")), Files.readAllBytes(path("again")));
  }

  /** One is so near the best that their mean gets as many right. */
  @Test
  void greedyKeepsWhatDoesNotLowerTop1AndSaysWhereItChose() throws IOException {
    Checkpoint best = read("run/checkpoints/best");
    best.weights().get("classifier.bias")[0] += 1e-4f;
    Checkpoint.write(STORAGE, path("near").toString(), best.info(), best.weights());
    String said =
        run(
            files(1, 2, 3) + path("near"),
            to("soup"),
            "--greedy=true",
            "--data=" + folder.resolve("data"));

    Checkpoint soup = read("soup");
    Average average = soup.info().training().average();
    List<String> lines = said.lines().toList();
    assertEquals(5, lines.size(), said);
    List<String> kept =
        lines.subList(0, 4).stream()
            .filter(line -> line.endsWith(": kept"))
            .map(line -> line.substring(0, line.indexOf(':')))
            .toList();
    assertTrue(kept.containsAll(List.of("epoch-0003", "near")), said);
    assertEquals(kept, average.parts().stream().map(Average.Part::name).toList());
    Manifest data = Manifest.read(STORAGE, folder.resolve("data").toString(), "val");
    assertEquals(data.digest(), average.chosenOn().dataset());
    assertEquals("val", average.chosenOn().split());
    assertEquals(data.records(), average.chosenOn().records());
    assertTrue(lines.get(0).endsWith("of 36 right, the best alone: kept"), said);
    long before = Long.parseLong(lines.get(0).replaceFirst(".*: (\\d+) of.*", "$1"));
    for (String line : lines.subList(1, 4)) {
      long hits = Long.parseLong(line.replaceFirst(".* (\\d+) with it.*", "$1"));
      assertEquals(hits >= before, line.endsWith(": kept"), line);
      assertTrue(line.contains(" and " + before + " without"), line);
      before = Math.max(before, hits);
    }
    assertEquals(before, average.chosenOn().correct());
    assertTrue(lines.get(4).contains(before + " of 36 right where it was chosen"), said);
    try (Stream<Path> files = Files.list(folder)) {
      assertFalse(
          files.anyMatch(file -> file.getFileName().toString().matches("soup[.](?!safe).*")),
          "what was tried is gone");
    }
    run(files(1) + path("soup"), to("blend"));
    Average blend = read("blend").info().training().average();
    assertNull(blend.chosenOn());
    assertEquals(
        List.of(
            new Average.Part("epoch-0001", digest(1), 0.5, null),
            new Average.Part("soup", soup.digest(), 0.5, average)),
        blend.parts());

    Report report =
        evaluated(path("soup") + "," + path("blend") + "," + path("run/checkpoints/epoch-0001"));
    Map<String, Row.MeanOf> means = new HashMap<>();
    report.checkpoints().forEach(row -> means.put(row.name(), row.origin().meanOf()));
    Map<String, Row.MeanOf> expected = new HashMap<>();
    expected.put("soup", new Row.MeanOf(kept.size(), true));
    expected.put("blend", new Row.MeanOf(2, true));
    expected.put("epoch-0001", null);
    assertEquals(expected, means);
    assertTrue(report.chosenHere().contains("blend"), report.chosenHere());
  }

  private static Report evaluated(String checkpoints) throws IOException {
    String output = folder.resolve("evaluated").toString();
    EvaluatePipeline.run(
        PipelineOptionsFactory.fromArgs(
                "--runner=DirectRunner",
                "--data=" + folder.resolve("data"),
                "--checkpoints=" + checkpoints,
                "--output=" + output)
            .as(EvaluateOptions.class),
        new PrintStream(OutputStream.nullOutputStream(), true));
    return new EvaluationFolder(STORAGE, output).readReport();
  }

  @Test
  void whatHasNoMeanIsRefusedInOneLine() throws IOException {
    write("wide", network(12), CLASSES, 4);
    write("swapped", NETWORK, List.of("dark", "light", "grey"), 5);
    write("alone/a", NETWORK, CLASSES, 6);
    Files.copy(path("alone/a"), path("alone/b"));
    Files.writeString(path("mine"), "mine");

    refused(files(1) + path("wide"), "only checkpoints of one network have a mean");
    refused(files(1) + path("swapped"), "class 1 is 'grey' in one and 'light' in the other");
    refused("--checkpoints=" + folder.resolve("alone"), "stands for one");
    refused(files(1), "stands for one");
    assertEquals(
        path("mine") + " is there already; choose another --to",
        assertThrows(IOException.class, () -> run(files(1, 2), to("mine"))).getMessage());
    assertEquals("mine", Files.readString(path("mine")));
  }

  private static void refused(String checkpoints, String words) {
    IOException refusal =
        assertThrows(IOException.class, () -> run(checkpoints, to("never/refused")));
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertTrue(Files.notExists(path("never/refused")));
  }

  /** Where means are tried may be a folder of somebody's. */
  @Test
  void greedyDeletesNothingThatItDidNotWrite() throws IOException {
    Path mine = folder.resolve("kept.tried/of-2.safetensors");
    Files.createDirectories(mine.getParent());
    Files.writeString(mine, "mine");
    for (String data : List.of("data", "nowhere")) {
      IOException refusal =
          assertThrows(
              IOException.class,
              () ->
                  run(files(1, 2), to("kept"), "--greedy=true", "--data=" + folder.resolve(data)));
      assertTrue(refusal.getMessage().contains("kept.tried/ holds files"), refusal.getMessage());
    }
    assertEquals("mine", Files.readString(mine));
    assertTrue(Files.notExists(path("kept")));
  }

  @Test
  void greedyAndDataGoTogether() {
    UsageException lacks =
        assertThrows(UsageException.class, () -> run(files(1, 2), to("x"), "--greedy=true"));
    assertTrue(lacks.getMessage().contains("--data"), lacks.getMessage());
    UsageException idle =
        assertThrows(UsageException.class, () -> run(files(1, 2), to("x"), "--data=data"));
    assertTrue(idle.getMessage().contains("--greedy"), idle.getMessage());
    UsageException split =
        assertThrows(UsageException.class, () -> run(files(1, 2), to("x"), "--split=half"));
    assertTrue(split.getMessage().contains("--greedy"), split.getMessage());
    UsageException module = assertThrows(UsageException.class, () -> run(files(1, 2), "--to=x.pt"));
    assertTrue(module.getMessage().contains("--to"), module.getMessage());
  }
}
