package ghostbeam.pipelines.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.FreshJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * As many images as ImageNet has, through the commands as a user on a terminal runs them, with a
 * heap of a gigabyte. {@code -Dghostbeam.scale=0.1} takes a tenth of them.
 */
@Tag("soak")
class ImageNetSizeTest {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("ghostbeam.scale", "1"));
  private static final int TRAIN = (int) (1_281_167 * SCALE);
  private static final int VALIDATION = (int) (50_000 * SCALE);
  private static final int CLASSES = 1000;
  private static final int DIFFERENT = 400;
  private static final int CHECKPOINTS = 4;

  /** Limit for the summary, paths and what is left out; no line per shard, file or minute. */
  private static final int MOST_LINES = 40;

  /** Heap in use after a collection, in megabytes. */
  private static final Pattern COLLECTED = Pattern.compile("->(\\d+)M\\(\\d+M\\)");

  @TempDir Path folder;

  /** A command's time and memory. */
  private record Cost(double seconds, long heapMb, long diskMb, long lines) {}

  @ParameterizedTest
  @EnumSource(names = {"ZIP", "TF_RECORD"})
  void preprocessesAsManyImagesAsImageNetHas(WrittenSources.Form form) throws Exception {
    List<byte[]> jpegs = jpegs(16);
    Path source = form.write(folder.resolve("source"), repeated(jpegs, TRAIN));
    long sourceMb = megabytes(folder.resolve("source"));
    Path records = folder.resolve("records");

    Cost cost = run("preprocess", "--input=" + source, "--output=" + records, "--maxRejected=0");

    Manifest manifest = Manifest.read(Storage.local(), records.toString(), "train");
    assertEquals(TRAIN, manifest.records());
    assertEquals(Math.min(CLASSES, TRAIN), manifest.classes().size());
    say("preprocess of %d images from %s of %d MB".formatted(TRAIN, form, sourceMb), cost);
  }

  @Test
  void evaluatesAsManyRecordsAsImageNetsValidationHas() throws Exception {
    Path source =
        WrittenSources.Form.ZIP.write(folder.resolve("source"), repeated(jpegs(224), VALIDATION));
    Path records = folder.resolve("records");
    run("preprocess", "--input=" + source, "--split=val", "--output=" + records);
    List<String> classes = Manifest.read(Storage.local(), records.toString(), "val").classes();
    Path checkpoints = folder.resolve("checkpoints");
    for (int i = 1; i <= CHECKPOINTS; i++) {
      write(checkpoints.resolve("epoch-000" + i + ".safetensors"), i, classes);
    }

    Cost cost =
        run(
            "evaluate",
            "--data=" + records,
            "--checkpoints=" + checkpoints,
            "--output=" + folder.resolve("report"));

    JsonNode report = new ObjectMapper().readTree(folder.resolve("report/report.json").toFile());
    assertEquals(VALIDATION, report.path("dataset").path("records").asInt());
    say("evaluate of %d records x %d ghostnet-0.5x".formatted(VALIDATION, CHECKPOINTS), cost);
  }

  /** With modules that cost nothing, so that only the predictions and writing them remain. */
  @ParameterizedTest
  @CsvSource({"50000, 64", "1281167, 4"})
  void writesEachCheckpointsPredictions(int all, int checkpoints) throws Exception {
    int count = (int) (all * SCALE);
    Path records = folder.resolve("records");
    SmallestScores.records(records, count, CLASSES);
    Path modules = folder.resolve("modules");
    for (int i = 0; i < checkpoints; i++) {
      SmallestScores.module(modules.resolve("m%02d.pt".formatted(i)), i + 1, CLASSES);
    }
    Path output = folder.resolve("report");

    Cost cost =
        run(
            MOST_LINES + 2 * checkpoints,
            "evaluate",
            "--data=" + records,
            "--checkpoints=" + modules.resolve("*.pt"),
            "--moduleInput=uint8-nhwc",
            "--inputSize=" + SmallestScores.SIDE,
            "--predictions",
            "--output=" + output);

    try (Stream<Path> files = Files.list(output.resolve("predictions"))) {
      List<Path> written = files.toList();
      assertEquals(checkpoints, written.size(), "no part is left");
      for (Path file : written) {
        assertEquals(count, recordsInOrder(file), file::toString);
      }
    }
    say(
        "predictions of %d records x %d modules, %d MB"
            .formatted(count, checkpoints, megabytes(output.resolve("predictions"))),
        cost);
  }

  /** How many there are, each after the one before. */
  private static long recordsInOrder(Path predictions) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(predictions), 1 << 16), UTF_8))) {
      assertTrue(lines.readLine().startsWith("record,key,label,class1,"));
      long record = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        assertTrue(line.startsWith(record + ",n"), line);
        record++;
      }
      return record;
    }
  }

  private static void write(Path file, int number, List<String> classes) throws IOException {
    Architecture architecture = Preset.GHOSTNET_0_5X.architecture(classes.size());
    Checkpoint.write(
        Storage.local(),
        file.toString(),
        new CheckpointInfo(
            architecture,
            WeightKind.RAW,
            new CheckpointInfo.Training(number, number, "", ""),
            classes,
            new ValidationView(224, 0.875, Interpolation.PILLOW)),
        architecture.initialWeights(number));
  }

  private Cost run(String... command) throws Exception {
    return run(MOST_LINES, command);
  }

  private Cost run(int mostLines, String... command) throws Exception {
    Path scratch = Files.createTempDirectory(folder, "scratch-");
    Path collections = scratch.resolve("collections");
    List<String> line =
        FreshJvm.command(
            "-Xmx1g",
            "-XX:+UseParallelGC",
            "-Xlog:gc:file=" + collections,
            "-Dlogback.configurationFile=logback.xml",
            "-Dghostbeam.terminal=true",
            "-Djava.io.tmpdir=" + scratch);
    line.add("ghostbeam.pipelines.Main");
    line.addAll(List.of(command));
    Path said = scratch.resolve("said");
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    long diskMb = 0;
    while (!process.waitFor(2, TimeUnit.SECONDS)) {
      diskMb = Math.max(diskMb, megabytes(scratch));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    String text = Files.readString(said);
    assertEquals(0, process.exitValue(), text);
    long heapMb =
        COLLECTED
            .matcher(Files.readString(collections))
            .results()
            .map(MatchResult::group)
            .mapToLong(found -> Long.parseLong(found.replaceAll("->(\\d+)M.*", "$1")))
            .max()
            .orElse(0);
    long lines = text.chars().filter(c -> c == '\n').count(); // progress is written anew with \r
    assertTrue(lines <= mostLines, text);
    return new Cost(seconds, heapMb, diskMb, lines);
  }

  private static void say(String what, Cost cost) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.0f s, %d MB of heap in use at most, %d MB of scratch files at most, %d lines%n",
        what,
        cost.seconds(),
        cost.heapMb(),
        cost.diskMb(),
        cost.lines());
  }

  /** Files come and go meanwhile. */
  private static long megabytes(Path folder) throws Exception {
    Process du = new ProcessBuilder("du", "-sm", folder.toString()).start();
    String said = new String(du.getInputStream().readAllBytes(), UTF_8);
    du.waitFor();
    return Long.parseLong(said.substring(0, said.indexOf('\t')));
  }

  private static WrittenSources.Images repeated(List<byte[]> jpegs, int count) {
    return new WrittenSources.Images() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public byte[] bytes(int image) {
        return jpegs.get(image % jpegs.size());
      }

      @Override
      public int label(int image) {
        return image % CLASSES;
      }
    };
  }

  /** Squares of a few colours, of a side. */
  private static List<byte[]> jpegs(int side) {
    List<byte[]> jpegs = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < DIFFERENT; i++) {
      byte[] rgb = new byte[side * side * 3];
      int coarse = Math.max(4, side / 16);
      int salt = random.nextInt();
      for (int p = 0; p < rgb.length; p++) {
        int x = p / 3 % side / coarse;
        int y = p / 3 / side / coarse;
        rgb[p] = (byte) new Random(salt + 31L * x + 1009L * y + p % 3).nextInt(256);
      }
      jpegs.add(Codec.best().encodeJpeg(new Pixels(side, side, rgb), 50));
    }
    return jpegs;
  }
}
