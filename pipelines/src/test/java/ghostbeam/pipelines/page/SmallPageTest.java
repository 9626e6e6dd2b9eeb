package ghostbeam.pipelines.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of a few checkpoints, in a browser. */
class SmallPageTest extends PageCase {
  @TempDir static Path folder;

  @BeforeAll
  static void write() throws IOException {
    writeLog(folder);
  }

  /** Two trainings share axes: one colour each, averaged weights dashed, both labelled. */
  @Test
  void severalTrainingsShareAxes(@TempDir Path trainings) throws IOException {
    List<Row> ofTwo = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path training = trainings.resolve(i < 4 ? "warm" : "cold");
      Files.createDirectories(training);
      writeLog(training);
      ofTwo.add(entrant(i, training).named("c" + i));
    }
    Report two = Leaderboard.of(DATA, ofTwo, null, SOFTWARE);
    Path file = folder.resolve("two.html");
    Files.writeString(file, ReportPage.of(two, ClassTitles.NONE, Storage.local()));
    Browser browser = browser();
    browser.open(file);
    for (String chart : List.of("epochs", "validations")) {
      String lines =
          "document.querySelectorAll('[data-chart=%s] [aria-label=line]".formatted(chart);
      assertEquals("1", browser.text(lines + "[stroke-dasharray]').length"), chart);
      assertEquals(
          "2",
          browser.text(
              "new Set([..." + lines + " path')].map(p => p.getAttribute('stroke'))).size"),
          chart);
    }
    assertEquals(2, browser.seen(".keys li").size());
    assertEquals(0, browser.all("[data-chart=loss]").size());
    assertEquals(1, browser.all("[data-chart=losses] svg").size());
    assertTrue(
        browser.text("document.querySelector('[data-chart=epochs]').textContent").contains("warm"));
    assertEquals(List.of(), browser.console());
  }

  /** Labels would cover each other where trainings end at the same point. */
  @Test
  void labelsOfTrainingsThatEndAtOnePointDoNotOverlap() throws IOException {
    List<Row> ends = new ArrayList<>(List.of(entrant(2, folder.resolve("longer"))));
    for (int i = 0; i < 5; i++) {
      Tally tally = Tally.of("end" + i, CLASSES);
      for (int record = 0; record < RECORDS; record++) {
        float[] logits = new float[CLASSES];
        logits[record < 900 + i ? record % CLASSES : 1] = 1;
        tally.add(record, record % CLASSES, logits, 0);
      }
      ends.add(row(tally, folder.resolve("training" + i)));
    }
    Report many = Leaderboard.of(DATA, ends, null, SOFTWARE);
    Path file = folder.resolve("ends.html");
    Files.writeString(file, ReportPage.of(many, ClassTitles.NONE, Storage.local()));
    Browser browser = browser();
    browser.open(file);
    String labels = "[...document.querySelectorAll('[data-chart=epochs] [aria-label=text] text')]";
    assertEquals("6", browser.text(labels + ".length"));
    assertEquals(
        "true",
        browser.text(
            labels
                + ".map(l => l.getBoundingClientRect().top).sort((a, b) => a - b)"
                + ".every((top, i, all) => i == 0 || top - all[i - 1] >= 12)"));
    assertEquals(List.of(), browser.console());
  }

  /** One checkpoint, without loss, calibration, pairs, mistakes or log; one image no codec read. */
  @Test
  void aLoneCheckpointOfNaNsHasAPageToo() throws IOException {
    Tally tally = Tally.of("exploded", 2);
    tally.add(0, 0, new float[] {Float.NaN, 0}, 0);
    tally.addUndecodable(1, 0);
    Row lone = row(tally, Path.of("/gone"));
    Report.Dataset data = new Report.Dataset("/gone", "val", "sha256:d", 2, List.of("a", "b"));
    Report alone = Leaderboard.of(data, List.of(lone), null, SOFTWARE);
    Path file = folder.resolve("alone.html");
    Files.writeString(file, ReportPage.of(alone, ClassTitles.NONE, Storage.local()));
    Browser browser = browser();
    browser.open(file);
    assertTrue(browser.seen("#ranking td").contains("not finite"));
    String coverage = browser.one("#provenance p").getText();
    assertTrue(coverage.contains("1 could not be decoded"), coverage);
    assertTrue(coverage.contains("exploded gave logits that are not finite for 1"), coverage);
    assertEquals("No class was taken for another.", browser.one("#confusions p").getText());
    assertTrue(browser.one("#training p").getText().startsWith("No training log"));
    assertEquals(List.of(), browser.console());
  }

  /** Otherwise the test above could not fail. */
  @Test
  void theBrowserTellsOfRequestsAndErrors() throws IOException {
    Path other =
        Files.writeString(
            folder.resolve("other.html"),
            "<html data-ready=true><img src='http://elsewhere.invalid/a.png'>"
                + "<script>nothing.there()</script>");
    Browser browser = browser();
    browser.open(other);
    assertEquals(List.of("http://elsewhere.invalid/a.png"), browser.requests());
    assertTrue(browser.console().toString().contains("nothing is not defined"));
  }

  /** Eight classes of twenty images: none right, multiples of 5 %, and all right. */
  @Test
  void eachClassIsInItsBarAndCountsAreWhole() throws IOException {
    int[] right = {0, 1, 3, 10, 17, 19, 20, 20};
    Tally tally = Tally.of("edges", right.length);
    for (int label = 0; label < right.length; label++) {
      for (int image = 0; image < 20; image++) {
        float[] logits = new float[right.length];
        logits[image < right[label] ? label : (label + 1) % right.length] = 5;
        tally.add(20L * label + image, label, logits, 0);
      }
    }
    Report.Dataset data =
        new Report.Dataset(
            "/gone", "val", "sha256:d", 160, List.of("a", "b", "c", "d", "e", "f", "g", "h"));
    Report edges = Leaderboard.of(data, List.of(row(tally, folder)), null, SOFTWARE);
    Path file = folder.resolve("edges.html");
    Files.writeString(file, ReportPage.of(edges, ClassTitles.NONE, Storage.local()));
    Browser browser = browser();
    browser.open(file);
    // Where each bar begins, in twentieths of the axis, and how many classes it stands for.
    assertEquals(
        "0:1,1:1,3:1,10:1,17:1,19:3",
        browser.text(
            "(() => { const svg = document.querySelector('[data-chart=classes] svg');"
                + " const bars = [...svg.querySelectorAll('[aria-label=rect] rect')];"
                + " const wide = Math.min(...bars.map(b => Number(b.getAttribute('width'))));"
                + " const from = Math.min(...bars.map(b => Number(b.getAttribute('x'))));"
                + " return bars.map(b => Math.round((b.getAttribute('x') - from)"
                + " / (svg.clientWidth - 48 - 20) * 20) + ':' + b.getAttribute('aria-label'))"
                + ".join(','); })()"));
    assertEquals(List.of("0", "1", "2", "3"), ticks(browser, "classes", "y"));
    for (String chart : List.of("loss", "rate", "validation")) {
      List<String> ticks = ticks(browser, chart, "x");
      assertFalse(ticks.isEmpty(), chart);
      assertTrue(ticks.stream().allMatch(tick -> tick.matches("\\d+")), () -> chart + ticks);
    }
    assertEquals(List.of(), browser.console());
  }

  private static List<String> ticks(Browser browser, String chart, String axis) {
    String texts =
        "[...document.querySelectorAll(\"[data-chart=%s] [aria-label^='%s-axis tick label'] text\")]"
            .formatted(chart, axis);
    return List.of(browser.text(texts + ".map(e => e.textContent).join(' ')").split(" ", -1));
  }
}
