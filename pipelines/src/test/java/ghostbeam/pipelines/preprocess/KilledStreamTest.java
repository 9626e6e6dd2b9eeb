package ghostbeam.pipelines.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.StreamedSources.Form;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs that read files sequentially, killed without warning and started again. */
class KilledStreamTest {
  private static final int IMAGES = 96;
  private static final int SHARDS = 12;
  private static final long PATIENCE_S = 240;

  /** Two blocks or shards at the same time, whatever the number of cores. */
  private static final String DIRECT = "--runner=DirectRunner --targetParallelism=2";

  /**
   * Number of reads after which the source's format is surely known and planned, and not all read.
   */
  private static final int MIDST_OF_READING = 40;

  /** The same for formats that are read in large pieces. */
  private static final int FEW_READS = 10;

  /**
   * Reads of a run's claim: one at its start, then one for each shard that is renamed into place.
   */
  private static final int MIDST_OF_WRITING = 5;

  @TempDir Path temporary;

  private Path source;
  private Path output;

  private void make(Form form) throws IOException {
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(NoisePicture.jpeg(280, i, 100));
    }
    source = temporary.resolve("train-0");
    output = temporary.resolve("out");
    Files.write(source, form.file(images, i -> i % 3));
  }

  /** One run is killed while reading a file's blocks, the next while writing its shards. */
  @Test
  void endsInTheSameBytesAfterTwoKills() throws Exception {
    make(Form.PARQUET);
    String expected = ended(temporary.resolve("whole"), DIRECT);

    killAt(source, MIDST_OF_READING, DIRECT);
    assertEquals(0, shards());
    killAt(output.resolve("train.run"), MIDST_OF_WRITING, DIRECT);
    assertTrue(shards() > 0 && shards() < SHARDS, shards() + " shards");

    assertEquals(expected, ended(output, "--parallelism=4"));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("soak")
  void endsInTheSameBytesAfterTenKillsOnFlink(Form form) throws Exception {
    make(form);
    String flink = "--parallelism=2";
    String expected = ended(temporary.resolve("whole"), DIRECT);
    Files.createDirectory(output); // the first kills may come before a run makes it
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < 10; kill++) {
      if (random.nextBoolean()) {
        int reads = form == Form.PARQUET ? MIDST_OF_READING : FEW_READS;
        killAt(source, random.nextInt(reads), flink);
      } else {
        killAt(output.resolve("train.run"), random.nextInt(SHARDS - shards()), flink);
      }
      assertFalse(Files.exists(output.resolve("train-manifest.json")), "seed " + seed);
    }
    assertEquals(expected, ended(output, flink), "seed " + seed);
  }

  /** Kills a run after a number of reads of a file, at which it is held. */
  private void killAt(Path file, int reads, String runner) throws Exception {
    Path log = temporary.resolve("child.log");
    try (HeldFiles.Hold hold = HeldFiles.after(file, ".*", reads)) {
      List<String> command = FreshJvm.command("-Xmx1g", "-XX:TieredStopAtLevel=1");
      command.addAll(List.of("ghostbeam.pipelines.Main", "preprocess"));
      command.addAll(flags(HeldFiles.name(output), runner));
      Process run =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      hold.await(run, log, 1);
      run.destroyForcibly(); // kill -9
      assertTrue(run.waitFor(PATIENCE_S, TimeUnit.SECONDS));
      assertEquals(137, run.exitValue(), () -> read(log));
    }
    deleteLocks();
  }

  /** A dead run's lock stays if it is not a lock of the operating system. */
  private void deleteLocks() throws IOException {
    for (Path file : left()) {
      if (file.toString().contains(".lock")) {
        Files.delete(file);
      }
    }
  }

  /** The output's files; none if no run got as far as creating it. */
  private List<Path> left() throws IOException {
    if (Files.notExists(output)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(output)) {
      return files.toList();
    }
  }

  private List<String> flags(String to, String runner) {
    List<String> flags = new ArrayList<>(List.of(runner.split(" ", -1)));
    flags.addAll(List.of("--input=" + HeldFiles.name(source), "--output=" + to));
    flags.addAll(List.of("--classes=3", "--shards=" + SHARDS));
    return flags;
  }

  /** Runs it to its end, in this process; returns its output from the digest on. */
  private String ended(Path to, String runner) throws IOException {
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(flags(to.toString(), runner).toArray(String[]::new))
            .withValidation()
            .as(PreprocessOptions.class);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PreprocessPipeline.run(options, new PrintStream(said, true, UTF_8));
    String text = said.toString(UTF_8);
    return text.substring(text.indexOf("digest "));
  }

  private int shards() throws IOException {
    return (int) left().stream().filter(path -> path.toString().endsWith(".receipt")).count();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
