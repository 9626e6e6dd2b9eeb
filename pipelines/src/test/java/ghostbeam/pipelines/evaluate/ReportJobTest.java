package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.pipelines.cli.QualityGateException;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.report.ReportOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Here and not beside ReportJob, since evaluations to join come from this package. */
class ReportJobTest {
  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = Scene.ofData(root, 2);
    for (int i = 1; i <= 3; i++) {
      scene.checkpoint(
          "run/c" + i + ".safetensors", i, WeightKind.RAW, Scene.CLASSES, Interpolation.PILLOW);
    }
    evaluate("data", "all/report", "run");
    evaluate("data", "monday/report", "run/c1.safetensors", "run/c2.safetensors");
    evaluate("data", "tuesday/report", "run/c2.safetensors", "run/c3.safetensors");
  }

  @Test
  void joiningPartsGivesTheBytesOfOneEvaluationOfAll() throws IOException {
    String printed = join("joined", "monday/report", "tuesday/report");
    assertEquals(scene.contents("all/report"), scene.contents("joined"));
    assertTrue(printed.contains("Report: " + scene.path("joined/report.json")), printed);
  }

  @Test
  void differentScoresOfOneNameGetTheirFoldersAsPrefix() throws IOException {
    scene.evaluate(
        "--data=" + scene.path("data"),
        "--checkpoints=" + scene.path("run/c1.safetensors"),
        "--output=" + scene.path("opencv/report"),
        "--interpolation=opencv");
    join("apart", "monday/report", "opencv/report");
    String csv = Files.readString(scene.path("apart/report.csv"));
    assertEquals(
        List.of("c2", "monday/c1", "opencv/c1"),
        csv.lines().skip(1).map(line -> line.substring(0, line.indexOf(','))).sorted().toList());
    join("again", "apart", "tuesday/report");
    assertTrue(Files.exists(scene.path("again/tallies/monday/c1.tally")));
  }

  /**
   * Dots in a path do not become names: report refuses such a name, and its file would lie
   * elsewhere.
   */
  @Test
  void foldersHaveTheSameNameByAnyPath() throws IOException {
    scene.evaluateRun(
        "lately/report",
        "--checkpoints=" + scene.path("run/c1.safetensors"),
        "--interpolation=opencv");
    Path here = Path.of("").toAbsolutePath();
    String output = here.relativize(scene.path("dotted")).toString();
    String printed =
        runWith(
            "--output=" + output,
            "--evaluations="
                + here.relativize(scene.path("monday/report"))
                + "/.,"
                + scene.path("lately/report/tallies/..")
                + ","
                + scene.path("monday/report"));
    assertEquals(List.of("c2", "lately/c1", "monday/c1"), names("dotted"));
    assertTrue(printed.contains("Report: " + scene.path("dotted/report.json")), printed);
    join("dotted-again", "dotted/.", "tuesday/report");
    assertTrue(Files.exists(scene.path("dotted-again/tallies/monday/c1.tally")));
  }

  /** The joined report's monday/c1, and this monday's c1, which would get the same name. */
  @Test
  void aPrefixedNameThatCollidesLosesNoRow() throws IOException {
    scene.evaluateRun("week1/a/report", "--checkpoints=" + scene.path("run/c1.safetensors"));
    scene.evaluateRun(
        "week1/b/report",
        "--checkpoints=" + scene.path("run/c1.safetensors"),
        "--interpolation=opencv");
    join("joined-week1/report", "week1/a/report", "week1/b/report");
    scene.checkpoint("next/c1.safetensors", 7, WeightKind.RAW, Scene.CLASSES, Interpolation.PILLOW);
    scene.checkpoint("last/c1.safetensors", 8, WeightKind.RAW, Scene.CLASSES, Interpolation.PILLOW);
    scene.evaluateRun("week2/a/report", "--checkpoints=" + scene.path("next"));
    scene.evaluateRun("week2/b/report", "--checkpoints=" + scene.path("last"));
    join("all-weeks", "joined-week1/report", "week2/a/report", "week2/b/report");
    assertEquals(
        List.of("a/c1", "b/c1", "joined-week1/a/c1", "joined-week1/b/c1"), names("all-weeks"));
  }

  /** Kept figures need no labels again, but a rule about them needs figures. */
  @Test
  void aGateOnRealLabelsHoldsForKeptFigures() throws IOException {
    ObjectNode labels = new ObjectMapper().createObjectNode();
    for (int label = 0; label < Scene.CLASSES.size(); label++) {
      for (int i = 0; i < 9; i++) {
        labels.putArray(Scene.CLASSES.get(label) + "/image" + i + ".JPEG").add(label);
      }
    }
    Path file = Files.writeString(scene.path("kept-real.json"), labels.toString());
    run(List.of("--realLabels=" + file), "with-real", "monday/report");
    run(List.of("--gate=real>=0"), "gated-real", "with-real");
    UsageException refused =
        assertThrows(
            UsageException.class, () -> run(List.of("--gate=real>=0"), "never", "monday/report"));
    assertTrue(refused.getMessage().endsWith("needs --realLabels"), refused::getMessage);
  }

  private static List<String> names(String report) throws IOException {
    List<String> names = new ArrayList<>();
    scene.report(report).get("checkpoints").forEach(row -> names.add(row.get("name").asText()));
    return names.stream().sorted().toList();
  }

  /** One class has no label, so its nine images are left out. */
  @Test
  void realLabelsAreCountedWithoutScoringAndKeptWhereAllAgree() throws IOException {
    ObjectNode labels = new ObjectMapper().createObjectNode();
    for (int label = 0; label < Scene.CLASSES.size(); label++) {
      for (int i = 0; i < 9; i++) {
        ArrayNode right = labels.putArray(Scene.CLASSES.get(label) + "/image" + i + ".JPEG");
        if (label > 0) {
          right.add(label).add(0);
        }
      }
    }
    Path file = Files.writeString(scene.path("real.json"), labels.toString());
    String real = "--realLabels=" + file;
    scene.evaluate(
        "--data=" + scene.path("data"),
        "--checkpoints=" + scene.path("run"),
        "--output=" + scene.path("all-real"),
        real);
    run(List.of(real), "joined-real", "monday/report", "tuesday/report");
    assertEquals(scene.contents("all-real"), scene.contents("joined-real"));

    join("kept", "joined-real", "all-real");
    assertEquals(scene.contents("all-real"), scene.contents("kept"));
    join("dropped", "joined-real", "monday/report");
    assertFalse(Files.readString(scene.path("dropped/report.json")).contains("real"));
  }

  @Test
  void aMissedGateEndsTheJobAfterTheReportIsWritten() {
    QualityGateException missed =
        assertThrows(
            QualityGateException.class,
            () -> run(List.of("--gate=records==50000;top1>=0"), "gated", "monday/report"));
    assertTrue(missed.getMessage().startsWith("gate failed: records==50000 ("));
    assertTrue(Files.exists(scene.path("gated/report.json")));
  }

  /** One location at two times does not make two test sets. */
  @Test
  void aRewrittenDatasetIsRefusedWithBothDigests() throws IOException {
    scene.images("anew", Scene.CLASSES.subList(0, 3));
    scene.dataset("place", "images", 1);
    evaluate("place", "before/report", "run/c1.safetensors");
    Files.delete(scene.path("place/val-manifest.json"));
    scene.dataset("place", "anew", 1);
    scene.checkpoint(
        "three/c.safetensors",
        5,
        WeightKind.RAW,
        Scene.CLASSES.subList(0, 3),
        Interpolation.PILLOW);
    evaluate("place", "after/report", "three");
    IOException refused =
        assertThrows(IOException.class, () -> join("never", "before/report", "after/report"));
    assertTrue(refused.getMessage().contains("another dataset (sha256:"), refused::getMessage);
    assertTrue(refused.getMessage().contains("rewritten"), refused::getMessage);
    assertFalse(Files.exists(scene.path("never")));
  }

  @Test
  void anUnfinishedEvaluationIsRefusedByName() {
    IOException refused =
        assertThrows(IOException.class, () -> join("never", "monday/report", "run"));
    assertTrue(refused.getMessage().contains("run holds no finished evaluation"));
  }

  @Test
  void aDamagedTallyIsRefusedByName() throws IOException {
    evaluate("data", "damaged", "run/c1.safetensors");
    Files.write(scene.path("damaged/tallies/c1.tally"), new byte[] {2, 2, 3});
    IOException refused = assertThrows(IOException.class, () -> join("never", "damaged"));
    assertTrue(refused.getMessage().contains("c1.tally: a damaged tally"), refused::getMessage);
  }

  @Test
  void missingFlagsAreWrongUsageAndFinishedOutputsStay() {
    assertThrows(UsageException.class, () -> join("never"));
    IOException exists = assertThrows(IOException.class, () -> join("all/report", "monday/report"));
    assertTrue(exists.getMessage().contains("--overwrite"), exists::getMessage);
  }

  private static void evaluate(String data, String output, String... checkpoints)
      throws IOException {
    scene.evaluate(
        "--data=" + scene.path(data),
        "--checkpoints=" + scene.paths(checkpoints),
        "--output=" + scene.path(output));
  }

  private static String join(String output, String... evaluations) throws IOException {
    return run(List.of(), output, evaluations);
  }

  private static String run(List<String> flags, String output, String... evaluations)
      throws IOException {
    List<String> all = new ArrayList<>(flags);
    all.add("--evaluations=" + scene.paths(evaluations));
    all.add("--output=" + scene.path(output));
    return runWith(all.toArray(String[]::new));
  }

  private static String runWith(String... flags) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReportOptions options = PipelineOptionsFactory.fromArgs(flags).as(ReportOptions.class);
    ReportJob.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
