package ghostbeam.pipelines.average;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo.Average;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.EvaluatePipeline;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** Choosing the checkpoints to average by their scores. */
final class GreedyAverageTest extends AverageCase {
  /** One is so close to the best that their mean gets as many right. */
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
    assertTrue(lines.get(4).contains(before + " of 36 right on the images it was chosen on"), said);
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

  /** The scratch folder may already be in use. */
  @Test
  void greedyDeletesOnlyWhatItWrote() throws IOException {
    Path mine = folder.resolve("kept.tried/of-2.safetensors");
    Files.createDirectories(mine.getParent());
    Files.writeString(mine, "mine");
    for (String data : List.of("data", "nowhere")) {
      IOException refusal =
          assertThrows(
              IOException.class,
              () ->
                  run(files(1, 2), to("kept"), "--greedy=true", "--data=" + folder.resolve(data)));
      assertTrue(refusal.getMessage().contains("kept.tried/ has files"), refusal.getMessage());
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
