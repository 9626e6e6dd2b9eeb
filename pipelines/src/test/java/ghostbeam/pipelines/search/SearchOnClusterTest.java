package ghostbeam.pipelines.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.cluster.RunningCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search on two TaskManagers, of which processes are killed in the middle of a step. */
@Tag("soak")
final class SearchOnClusterTest {
  /** Records that a TaskManager reads: two trainings of eight, and a part of the third. */
  private static final int READS = 20;

  @TempDir Path root;

  @Test
  void findsTheSameWithoutATaskManagerAndAfterTheClientWasKilled() throws Exception {
    SearchCase.makeDataset(root);
    SearchCase.run(SearchCase.options(SearchCase.flags(data(), root.resolve("here"))));
    try (RunningCluster cluster = RunningCluster.start(root)) {
      RunningCluster.Command search = searchUntilHeld(cluster, "lost-worker", true);
      assertEquals(0, search.await(), search.text());
      assertFoundTheSame("lost-worker");

      searchUntilHeld(cluster, "lost-client", false);
      long before = tallies("lost-client");
      assertTrue(before > 0, "killed before a training had ended");
      cluster.succeed("search", flags("lost-client"));
      assertTrue(tallies("lost-client") > before, "killed after the last training");
      assertFoundTheSame("lost-client");
    }
  }

  /** Starts a search and kills one of its processes while both TaskManagers are in a training. */
  private RunningCluster.Command searchUntilHeld(
      RunningCluster cluster, String output, boolean worker) throws Exception {
    RunningCluster.Command search = cluster.begin("search", flags(output));
    Path proxy = root.resolve(output).resolve("proxy/val-subset.json");
    while (!Files.exists(proxy)) { // the client reads the records' labels until then
      assertTrue(search.process().isAlive(), search.text());
      Thread.sleep(5);
    }
    try (HeldFiles.Hold hold = HeldFiles.after(root.resolve("data"), "train-.*rd", READS)) {
      search.awaitHeld(hold, 2);
      if (worker) {
        cluster.kill("taskmanager-1");
        cluster.succeed("cluster", "start");
      } else {
        search.process().destroyForcibly();
        assertEquals(137, search.await(), search.text());
      }
    }
    return search;
  }

  private String data() {
    return HeldFiles.name(root.resolve("data"));
  }

  private String[] flags(String output) {
    return SearchCase.flags(data(), root.resolve(output)).toArray(String[]::new);
  }

  private void assertFoundTheSame(String output) throws IOException {
    assertEquals(SearchCase.digits(root.resolve("here")), SearchCase.digits(root.resolve(output)));
  }

  private long tallies(String output) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve(output))) {
      return files.filter(file -> file.toString().endsWith(".tally")).count();
    }
  }
}
