package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of several ranks, as a user starts them. */
@Timeout(600)
final class GangPipelineTest {
  private static final List<String> TWO_RANKS =
      List.of(
          "--ranks=2",
          "--layers=1,1,1,1,1,1",
          "--channels=8,8,8,8,8,8",
          "--inputSize=32",
          "--batchSize=4",
          "--epochs=3",
          "--warmupEpochs=1",
          "--opt=momentum",
          "--lrMax=0.05",
          "--emaDecay=0.8",
          "--drop=0.2",
          "--ckptSaveEpoch=1",
          "--stateSaveSteps=2",
          "--perPrintTimes=3");

  @TempDir static Path root;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeAll
  static void trainUndisturbed() throws IOException {
    TrainCase.makeDataset(root);
    train(BeamStorage.INSTANCE, new ByteArrayOutputStream(), "undisturbed");
  }

  private static void train(
      Storage storage, ByteArrayOutputStream printed, String output, String... more)
      throws IOException {
    List<String> flags = new ArrayList<>(TWO_RANKS);
    flags.removeIf(
        flag -> Arrays.stream(more).anyMatch(m -> m.startsWith(flag.replaceFirst("=.*", "="))));
    flags.addAll(List.of(more));
    flags.add("--data=" + root.resolve("data"));
    flags.add("--output=" + root.resolve(output));
    TrainPipeline.run(
        PipelineOptionsFactory.fromArgs(flags.toArray(String[]::new)).as(TrainOptions.class),
        new PrintStream(printed, true, StandardCharsets.UTF_8),
        storage);
  }

  private static void assertSameAsUndisturbed(String output) throws IOException {
    for (String name : List.of("epoch-0003", "epoch-0003.ema", "best", "ema_best")) {
      String file = "checkpoints/" + name + ".safetensors";
      assertEquals(
          -1,
          Files.mismatch(
              root.resolve("undisturbed").resolve(file), root.resolve(output).resolve(file)),
          name);
    }
    try (Stream<Path> state = Files.list(root.resolve(output).resolve("state"))) {
      assertEquals(
          List.of("state.safetensors"), state.map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void givesTheSameBytesOnAnotherRunner() throws IOException {
    train(BeamStorage.INSTANCE, printed, "direct", "--runner=DirectRunner");
    assertSameAsUndisturbed("direct");
    String said = printed.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("; 2 ranks of 4 images a step"), said);
    String checkpoint = root.resolve("direct/checkpoints/best.safetensors").toString();
    String recipe = Checkpoint.read(Storage.local(), checkpoint).info().training().recipe();
    assertTrue(recipe.contains("\"batchSize\":4,\"ranks\":2,\"syncBn\":false"), recipe);
  }

  /** An extra thread would monitor the others, just as busy. */
  @Test
  void givesBeamsOwnRunnerAThreadForEachRank() {
    TrainOptions options =
        PipelineOptionsFactory.fromArgs("--runner=DirectRunner", "--ranks=2")
            .as(TrainOptions.class);
    GangLaunch.prepare(options);
    assertEquals(2, options.as(DirectOptions.class).getTargetParallelism());
  }

  @Test
  void synchronizesBatchNorm() throws IOException {
    train(BeamStorage.INSTANCE, printed, "synchronized", "--syncBn", "--runner=DirectRunner");
    String file = "checkpoints/epoch-0003.safetensors";
    assertTrue(
        Files.mismatch(
                root.resolve("undisturbed").resolve(file),
                root.resolve("synchronized").resolve(file))
            >= 0);
  }

  @Test
  void saysHowManyRanksFoundASlot() {
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                train(
                    BeamStorage.INSTANCE,
                    printed,
                    "crowded",
                    "--ranks=3",
                    "--parallelism=2",
                    "--rankTimeout=5"));
    assertTrue(
        failure
            .getMessage()
            .matches(".*only 2 of 3 ranks \\(\\d, \\d\\) have started within 5 s.*"),
        failure.getMessage());
    assertTrue(
        failure
            .getMessage()
            .contains("; let --parallelism, and the cluster's free slots, be at least 3"),
        failure.getMessage());
  }

  @Test
  void namesTheRankThatFailed() {
    Unreliable.failures.set(1);
    IOException failure =
        assertThrows(IOException.class, () -> train(new Unreliable(), printed, "failed"));
    assertTrue(
        failure.getMessage().matches("rank [01] of 2.*the disk went away.*"), failure.getMessage());
  }

  @Test
  void restartsFromTheLastState() throws IOException {
    Unreliable.failures.set(1);
    train(new Unreliable(), printed, "restarted", "--restarts=3");
    assertSameAsUndisturbed("restarted");
    String said = printed.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("restart 1 of 3") && !said.contains("restart 2"), said);
  }

  /** The same state would lead to the same failure. */
  @Test
  void doesNotRestartAfterADivergence() {
    for (int ranks : List.of(1, 2)) {
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class,
              () ->
                  train(
                      BeamStorage.INSTANCE,
                      printed,
                      "diverged-" + ranks,
                      "--ranks=" + ranks,
                      "--lr=1e30",
                      "--lrMax=1e30",
                      "--restarts=3"));
      assertTrue(failure.getMessage().contains("the loss became "), failure.getMessage());
      assertTrue(
          failure.getMessage().endsWith(", more --warmupEpochs or --clipNorm=1"),
          failure.getMessage());
      assertTrue(
          ExceptionUtils.findThrowable(failure, SuppressRestartsException.class).isPresent());
    }
    assertFalse(printed.toString(StandardCharsets.UTF_8).contains("restart 1 of 3"));
  }

  @Test
  void namesTheInvalidFlag() {
    for (String flag : List.of("--ranks=0", "--restarts=-1", "--rankTimeout=0")) {
      UsageException failure =
          assertThrows(
              UsageException.class, () -> train(BeamStorage.INSTANCE, printed, "usage", flag));
      assertTrue(failure.getMessage().startsWith(flag.replaceFirst("=.*", "")), flag);
    }
  }

  /** A disk that goes away a few times, each time that a second state is saved on it. */
  private static final class Unreliable implements Storage {
    private static final long serialVersionUID = 1L;
    private static final AtomicInteger failures = new AtomicInteger();

    @Override
    public SeekableByteChannel open(String path) throws IOException {
      return BeamStorage.INSTANCE.open(path);
    }

    @Override
    public WritableByteChannel create(String path) throws IOException {
      String state = path.replace(".part", "");
      if (state.endsWith("state.safetensors")
          && BeamStorage.INSTANCE.exists(state)
          && failures.getAndDecrement() > 0) {
        throw new IOException("the disk went away");
      }
      return BeamStorage.INSTANCE.create(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      BeamStorage.INSTANCE.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
      BeamStorage.INSTANCE.delete(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
      return BeamStorage.INSTANCE.exists(path);
    }

    @Override
    public List<Entry> list(String folder) throws IOException {
      return BeamStorage.INSTANCE.list(folder);
    }
  }
}
