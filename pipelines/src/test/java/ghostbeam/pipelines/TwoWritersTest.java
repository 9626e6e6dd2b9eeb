package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A second run into a folder is refused before it touches a file, even if it may overwrite. */
class TwoWritersTest {
  @TempDir static Path root;
  private static Chain chain;

  @BeforeAll
  static void fillTheFolders() throws IOException {
    chain = new Chain(root).zip();
    chain.runAll();
  }

  @ParameterizedTest
  @CsvSource({
    "data, train.lock",
    "run, training.lock",
    "report, report.lock",
    "joined, report.lock",
  })
  void refusesASecondOneInOneLine(String folder, String lock) throws IOException {
    Path output = root.resolve(folder);
    Map<String, String> before = Chain.files(output);
    List<String> words = new ArrayList<>(chain.commands().get(folder));
    words.add("--overwrite");

    RunLock.holding(
        output.resolve(lock).toString(),
        () -> {
          Chain.Said second = Chain.run(words);
          assertEquals(1, second.code(), second.toString());
          String refusal = "ghostbeam " + words.get(0) + ": another run writes here: ";
          assertTrue(second.err().contains(refusal), second.err());
        });

    assertEquals(before, Chain.files(output));
    assertEquals(0, Chain.run(words).code());
    assertEquals(before, Chain.files(output));
    assertTrue(Files.notExists(output.resolve(lock)));
  }
}
