package ghostbeam.pipelines.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.TestSets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The largest page to support: 64 checkpoints on ImageNet's 1,000 classes and six sets. */
class ReportPageTest extends PageCase {
  private static final int LIMIT_BYTES = 3_000_000;

  /** Four pictures for each of twelve pairs, which this dataset does not have. */
  private static final int PICTURES_BYTES = 500_000;

  @TempDir static Path folder;
  private static Report report;
  private static List<Row> rows;
  private static Path page;

  @BeforeAll
  static void build() throws IOException {
    rows = IntStream.range(0, CHECKPOINTS).parallel().mapToObj(i -> entrant(i, folder)).toList();
    report = Leaderboard.of(DATA, rows, null, SOFTWARE);
    report = report.with(TestSets.of(onSixSets(report)));
    writeLog(folder);
    page = Files.writeString(folder.resolve("report.html"), html());
  }

  /** The last set has only one checkpoint. */
  private static Map<String, Report> onSixSets(Report val) {
    Map<String, Report> sets = new LinkedHashMap<>();
    List.of("val", "v2", "real", "r<b>", "a").forEach(name -> sets.put(name, val));
    sets.put(
        "sketch",
        Leaderboard.of(val.dataset(), List.of(entrant(0, folder, 90)), null, val.software()));
    return sets;
  }

  private static String html() throws IOException {
    return ReportPage.of(report, ClassTitles.NONE, Storage.local());
  }

  /** The first checkpoint does better on sketches: its drop is below zero, as in the table. */
  @Test
  void aGainIsADropBelowZero() throws IOException {
    TestSets.Entry first = report.testSets().of(rows.get(0)).orElseThrow();
    double drop = 100 * first.scores().get(5).drop().rate();
    assertTrue(drop < -30, drop + " points");
    assertTrue(html().contains(">drop %.2f (".formatted(drop)), "drop " + drop);
  }

  @Test
  void isOneSmallFileAndTheSameEachTime() throws IOException {
    assertTrue(Files.size(page) < LIMIT_BYTES, () -> "report.html is " + page.toFile().length());
    assertEquals(Files.readString(page), html());
    assertFalse(Files.readString(page).contains("<b id=\"x\">"));
  }

  @Test
  void tellsWhereItComesFrom() throws IOException {
    String text = Files.readString(page);
    for (Row row : report.checkpoints()) {
      assertTrue(text.contains("<code>" + row.uri() + "</code>"), row::name);
      assertTrue(text.contains("<code>" + row.origin().digest() + "</code>"), row::name);
      assertTrue(
          text.contains(
              "aria-label=\"%.2f to %.2f %%\""
                  .formatted(100 * row.top1().low(), 100 * row.top1().high())),
          row::name);
    }
    assertEquals(CHECKPOINTS, text.split("class=\"interval\"", -1).length - 1);
    assertTrue(text.contains("<code>sha256:d</code>"));
    assertTrue(text.contains("<code>sha256:t</code>"));
    assertTrue(text.contains("<dt>opt</dt><dd>momentum</dd>"));
    assertTrue(text.contains("ghostbeam 1, Beam 2, DJL 3"));
    assertTrue(text.contains("<code>./run evaluate \\\n  --data=/gone/data"));
  }

  /** Each checkpoint from its own training of the published 450 epochs. */
  @Test
  void staysSmallIfEachCheckpointIsOfALongTraining(@TempDir Path trainings) throws IOException {
    StringBuilder log = new StringBuilder();
    for (int epoch = 1; epoch <= 450; epoch++) {
      for (int step = 1; step <= 4; step++) {
        log.append("{\"epoch\":%d,\"step\":%d,".formatted(epoch, 1000 * epoch + 200 * step))
            .append("\"loss\":2.123456789,\"learningRate\":0.123456789}\n");
      }
      log.append("{\"epoch\":%d,\"step\":%d,".formatted(epoch, 1000 * epoch + 1000))
          .append("\"meanLoss\":2.123456789,\"top1\":0.71234,\"emaTop1\":0.72345}\n");
    }
    List<Row> ofMany = new ArrayList<>();
    for (int i = 0; i < CHECKPOINTS; i++) {
      Path training = Files.createDirectory(trainings.resolve("training-of-seed-" + i));
      Files.writeString(training.resolve("training.jsonl"), log);
      ofMany.add(from(training, rows.get(i)));
    }
    Report many = Leaderboard.of(DATA, ofMany, null, SOFTWARE);
    int bytes =
        ReportPage.of(many, ClassTitles.NONE, Storage.local())
            .getBytes(StandardCharsets.UTF_8)
            .length;
    assertTrue(bytes < LIMIT_BYTES - PICTURES_BYTES, () -> "report.html is " + bytes);
  }

  @Test
  void opensFastAndSaysNothingToConsoleOrNetwork() {
    Browser browser = browser();
    Duration took = browser.open(page);
    assertTrue(took.toSeconds() < 30, () -> "it took " + took);
    assertEquals(CHECKPOINTS, browser.all("#ranking tbody tr").size());
    assertEquals(CLASSES, browser.all("#class-table tbody tr").size());
    assertEquals(report.best() + " best", browser.one("#ranking tbody th").getText());
    for (String chart :
        List.of(
            "sets", "epochs", "paired", "classes", "calibration", "loss", "rate", "validation")) {
      String drawn = "[data-chart=" + chart + "] svg";
      assertFalse(browser.all(drawn).isEmpty(), chart);
      assertTrue(
          Integer.parseInt(browser.text("document.querySelectorAll('" + drawn + " *').length"))
              > 10,
          chart);
    }
    assertEquals("0", browser.text("document.querySelectorAll('#x').length"));
    // A dot for each checkpoint and set but the first, and one on the set that knows one only.
    assertEquals(
        Integer.toString(4 * CHECKPOINTS + 1),
        browser.text(
            "document.querySelectorAll('[data-chart=sets] [aria-label=dot] circle').length"));
    assertEquals(CHECKPOINTS, browser.seen("#set-table tbody tr").size());
    assertEquals(List.of(), browser.console());
    assertEquals(List.of(), browser.requests());
  }

  @Test
  void sortsAndSearchesFromTheKeyboard() {
    Browser browser = browser();
    browser.open(page);
    String table = "document.querySelector('#ranking').closest('.scroll')";
    assertEquals("0", browser.text(table + ".scrollWidth - " + table + ".clientWidth"));
    WebElement search = browser.one("input[data-filters=ranking]");
    search.sendKeys("0031 averaged");
    assertEquals(1, browser.seen("#ranking tbody tr").size());
    assertEquals("1 of 64", browser.one("output[data-counts=ranking]").getText());
    search.sendKeys(Keys.ESCAPE);
    assertEquals(CHECKPOINTS, browser.seen("#ranking tbody tr").size());

    search.sendKeys(Keys.TAB); // to the table's region, which scrolls with the arrows
    browser.focused().sendKeys(Keys.TAB);
    assertEquals("Checkpoint", browser.focused().getText());
    browser.focused().sendKeys(Keys.ENTER);
    assertEquals("ascending", browser.one("#ranking thead th").getDomAttribute("aria-sort"));
    assertEquals("epoch-0001", name(browser));
    browser.focused().sendKeys(Keys.SPACE);
    assertEquals("descending", browser.one("#ranking thead th").getDomAttribute("aria-sort"));
    assertEquals("epoch-0032.ema", name(browser));

    browser.one("input[data-filters=set-table]").sendKeys("0031.ema", Keys.TAB, Keys.TAB);
    assertEquals(1, browser.seen("#set-table tbody tr").size());
    browser.focused().sendKeys(Keys.ENTER);
    assertEquals("ascending", browser.one("#set-table thead th").getDomAttribute("aria-sort"));

    browser.one("input[data-filters=class-table]").sendKeys("</script>");
    assertEquals(1, browser.seen("#class-table tbody tr").size());
  }

  @Test
  void showsAnotherCheckpointsClassesAndCalibration() {
    Browser browser = browser();
    browser.open(page);
    Row first = rows.get(0);
    browser.one("select[data-detail]").sendKeys(first.name());
    assertEquals(first.name(), browser.one("#calibration [data-detail-name]").getText());
    assertEquals(
        "%.2f".formatted(100 * first.tally().calibrationError()),
        browser.one("[data-detail-ece]").getText());
    assertEquals(
        Long.toString(first.tally().top1().correct()),
        browser.text(
            "d3.sum(document.querySelectorAll('#class-table td:nth-of-type(2)'), c =>"
                + " c.innerText)"));
  }

  @Test
  void followsTheColourSchemeAndPrintsLight() {
    Browser browser = browser();
    browser.open(page);
    String ground = "getComputedStyle(document.body).backgroundColor";
    browser.emulate("screen", "light");
    assertEquals("rgb(251, 251, 249)", browser.text(ground));
    browser.emulate("screen", "dark");
    assertEquals("rgb(21, 23, 26)", browser.text(ground));
    browser.emulate("print", "dark");
    assertEquals("rgb(255, 255, 255)", browser.text(ground));
    assertEquals(30, browser.seen("#class-table tbody tr").size());
  }

  @Test
  void everyChartHasAText() {
    Browser browser = browser();
    browser.open(page);
    for (WebElement chart : browser.all("[data-chart]")) {
      assertFalse(chart.getAccessibleName().isBlank(), chart.getDomAttribute("data-chart"));
    }
    assertEquals("0", browser.text("document.querySelectorAll('img:not([alt])').length"));
  }

  private static String name(Browser browser) {
    return browser.one("#ranking tbody th").getText().split(" ", 2)[0];
  }
}
