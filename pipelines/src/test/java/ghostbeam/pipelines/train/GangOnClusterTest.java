package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.cluster.RunningCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two ranks on a cluster of three processes, one of whose TaskManagers is killed; -Psoak runs it.
 */
@Tag("soak")
class GangOnClusterTest {
  private static final int KILLS = 10;

  /** Records that a rank reads before it is killed, of which the first state is saved after 8. */
  private static final int FEWEST_READS = 100;

  /** A rank of two reads 24 in each of 60 epochs. */
  private static final int MOST_READS = 1_300;

  private static final String[] FLAGS = {
    "--rankThreads=1",
    "--syncBn",
    "--layers=1,1,1,1,1,1",
    "--channels=8,8,8,8,8,8",
    "--inputSize=32",
    "--batchSize=4",
    "--epochs=60",
    "--warmupEpochs=1",
    "--opt=momentum",
    "--lrMax=0.05",
    "--emaDecay=0.8",
    "--ckptSaveEpoch=60",
    "--stateSaveSteps=2",
    "--perPrintTimes=3",
  };

  @TempDir Path root;

  /** A process that dies without a message. */
  @Test
  void aDeadClientsJobEndsWithinAMinute() throws Exception {
    TrainCase.makeDataset(root);
    try (RunningCluster cluster = RunningCluster.start(root)) {
      List<String> endless = new ArrayList<>(List.of(flags("endless", 1)));
      endless.replaceAll(flag -> flag.startsWith("--epochs=") ? "--epochs=100000" : flag);
      RunningCluster.Command train = cluster.begin("train", endless.toArray(String[]::new));
      String job = cluster.awaitRunning(train, "train " + root.resolve("endless"), "Train");
      train.process().destroyForcibly();
      assertEquals(137, train.await(), train.text());
      long start = System.nanoTime();
      while (List.of("RUNNING", "CANCELLING").contains(cluster.state(job))) {
        Thread.sleep(100);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "it goes on");
      }
      System.out.printf("ended after %.0f s%n", (System.nanoTime() - start) / 1e9);
      assertEquals("CANCELED", cluster.state(job));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void endsInTheSameBytesAfterATaskManagerWasKilled(int ranks) throws Exception {
    long seed = System.nanoTime();
    System.out.println("kills of seed " + seed);
    Random random = new Random(seed);
    TrainCase.makeDataset(root);
    try (RunningCluster cluster = RunningCluster.start(root)) {
      cluster.succeed("train", flags("undisturbed", ranks));
      for (int kill = 0; kill < KILLS; kill++) {
        String output = "killed-" + kill;
        int reads = FEWEST_READS + random.nextInt(MOST_READS - FEWEST_READS);
        RunningCluster.Command training;
        try (HeldFiles.Hold hold = HeldFiles.after(root.resolve("data"), "train-.*rd", reads)) {
          training = cluster.begin("train", flags(output, ranks));
          training.awaitHeld(hold, ranks);
          // Which of them has the one rank, is not known.
          List<String> both = List.of("taskmanager-1", "taskmanager-2");
          for (String victim : ranks == 1 ? both : List.of(both.get(random.nextInt(2)))) {
            cluster.kill(victim);
          }
          cluster.succeed("cluster", "start");
        }

        assertEquals(0, training.await(), training.text());
        assertEquals(ranks == 2, training.text().contains("restart 1 of 3"), training.text());
        assertTrue(training.text().contains("epoch 60 of 60: mean loss "), training.text());
        assertTrue(goesOn(), "from a saved state, not from the start");
        for (String name : List.of("epoch-0060", "epoch-0060.ema", "best", "ema_best")) {
          String file = "checkpoints/" + name + ".safetensors";
          assertEquals(
              -1,
              Files.mismatch(
                  root.resolve("undisturbed").resolve(file), root.resolve(output).resolve(file)),
              name);
        }
      }
    }
  }

  private String[] flags(String output, int ranks) {
    List<String> all = new ArrayList<>(Arrays.asList(FLAGS));
    all.add("--ranks=" + ranks);
    all.add("--restarts=3");
    all.add("--data=" + HeldFiles.name(root.resolve("data")));
    all.add("--output=" + root.resolve(output));
    return all.toArray(String[]::new);
  }

  private boolean goesOn() throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path log :
          files.filter(file -> file.toString().matches(".*/taskmanager-\\d\\.log")).toList()) {
        if (Files.readString(log).contains("resumes in epoch")) {
          return true;
        }
      }
    }
    return false;
  }
}
