package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.Session;
import ghostbeam.pipelines.cluster.RunningCluster;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From images to a report with every path in a store, compared with the disk. */
@Timeout(900)
class WholeChainTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final int SIDE = 32;
  private static final int LARGEST = 64 << 20;

  /** A seed whose first faults are the third request, the fourth and the seventh. */
  private static final long EARLY = 17_990;

  /** In one thread, or another would monitor it, just as busy. */
  private static final String[] DIRECT = {"--runner=DirectRunner", "--targetParallelism=1"};

  @TempDir static Path folder;

  private static GcsServer gcs;
  private static S3Server s3;
  private static String disk;

  @BeforeAll
  static void runOnTheDisk() throws Exception {
    gcs = GcsServer.start();
    s3 = S3Server.start(folder.resolve("s3"));
    disk = folder + "/disk";
    reachStores();
    writeImages(disk);
    run(disk, DIRECT);
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
    gcs.close();
  }

  @Test
  void scoresTheSameInAnUnreliableStoreAsOnDisk() throws Exception {
    for (TestStore store : List.of(gcs, s3)) {
      String root = store.root() + "/direct";
      writeImages(root);
      for (List<String> command : chain(root, withStores(DIRECT))) {
        int before = store.faults().made();
        store.faults().set(0.05, EARLY);
        Session.run(List.of(command));
        store.faults().set(0, 0);
        assertTrue(store.faults().made() - before >= 2, () -> "unharmed: " + command);
      }
      assertSame(root);
    }
  }

  @Test
  @Tag("soak")
  void scoresTheSameInAStoreOnFlink() throws Exception {
    for (TestStore store : List.of(gcs, s3)) {
      String root = store.root() + "/flink";
      writeImages(root);
      run(root, "--runner=FlinkRunner", "--parallelism=2");
      assertSame(root);
    }
  }

  /**
   * Two users at once, each with a slot. Jobs carry the flags that say where a store is;
   * credentials are in the environment of clients and of who started the cluster.
   */
  @Test
  void scoresTheSameInStoresOnACluster() throws Exception {
    Path keyFile = folder.resolve("key.json");
    Map<String, String> credentials =
        Map.of(
            "GOOGLE_APPLICATION_CREDENTIALS", keyFile.toString(),
            "AWS_ACCESS_KEY_ID", S3Server.IDENTITY,
            "AWS_SECRET_ACCESS_KEY", S3Server.SECRET);
    String inGcs = gcs.root() + "/cluster";
    String inS3 = s3.root() + "/cluster";
    writeImages(inGcs);
    writeImages(inS3);
    GoogleAccount account = new GoogleAccount();
    account.write(keyFile, gcs.tokens(account));
    gcs.admit(account::isShownBy);
    try (RunningCluster cluster = RunningCluster.start(folder, credentials)) {
      List<RunningCluster.Command> both =
          List.of(
              cluster.begin(chain(inGcs, "--parallelism=1", "--project=test", gcs.endpoint())),
              cluster.begin(chain(inS3, "--parallelism=1", S3Server.REGION, s3.endpoint())));
      for (RunningCluster.Command chain : both) {
        assertEquals(0, chain.await(), chain.text());
        assertTrue(chain.text().contains("Training: epoch 1 of 1: mean loss "), chain.text());
      }
    }
    gcs.admit(anybody -> true);
    reachStores();
    assertSame(inGcs);
    assertSame(inS3);
  }

  /** What this process itself reaches them by. */
  private static void reachStores() {
    FileSystems.setDefaultPipelineOptions(
        PipelineOptionsFactory.fromArgs(stores().toArray(String[]::new)).create());
  }

  private static List<String> stores() {
    return Stream.concat(gcs.flags().stream(), s3.flags().stream()).toList();
  }

  private static void writeImages(String root) throws IOException {
    for (String split : List.of("train", "val")) {
      for (int i = 0; i < 20; i++) {
        String name =
            root + "/images/" + split + (i % 2 == 0 ? "/bright/" : "/dark/") + i + ".JPEG";
        STORAGE.writeWhole(name, ByteBuffer.wrap(NoisePicture.jpeg(SIDE, i, i % 2 == 0 ? 160 : 0)));
      }
    }
  }

  /** Runs the commands in this process. */
  private static void run(String root, String... flags) {
    Session.run(chain(root, withStores(flags)));
  }

  private static String[] withStores(String... flags) {
    return Stream.concat(stores().stream(), Stream.of(flags)).toArray(String[]::new);
  }

  /** The commands from images to a joined report. */
  private static List<List<String>> chain(String root, String... flags) {
    List<List<String>> commands = new ArrayList<>();
    for (String split : List.of("train", "val")) {
      commands.add(
          List.of(
              "preprocess",
              "--input=" + root + "/images",
              "--split=" + split,
              "--shards=2",
              "--output=" + root + "/data"));
    }
    commands.add(
        List.of(
            "train",
            "--data=" + root + "/data",
            "--output=" + root + "/run",
            "--layers=1,1,1,1,1,1",
            "--channels=8,8,8,8,8,8",
            "--inputSize=32",
            "--batchSize=10",
            "--epochs=1",
            "--warmupEpochs=0",
            "--lrMax=0.02"));
    commands.add(
        List.of(
            "evaluate",
            "--data=" + root + "/data",
            "--checkpoints=" + root + "/run",
            "--output=" + root + "/report"));
    commands.add(
        List.of("report", "--evaluations=" + root + "/report", "--output=" + root + "/joined"));
    return commands.stream()
        .map(command -> Stream.concat(command.stream(), Stream.of(flags)).toList())
        .toList();
  }

  private static void assertSame(String root) throws IOException {
    for (String split : List.of("train", "val")) {
      assertEquals(
          Manifest.read(STORAGE, disk + "/data", split).digest(),
          Manifest.read(STORAGE, root + "/data", split).digest());
    }
    assertArrayEquals(
        STORAGE.readWhole(disk + "/run/checkpoints/best.safetensors", LARGEST),
        STORAGE.readWhole(root + "/run/checkpoints/best.safetensors", LARGEST));
    assertEquals(scores(disk + "/report"), scores(root + "/report"));
    assertEquals(scores(disk + "/report"), scores(root + "/joined"));
    assertEquals(List.of(), gcs.unknown());
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
}
