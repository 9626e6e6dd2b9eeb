package ghostbeam.pipelines.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.verdict.Figures;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.TestSets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The largest page that is asked for: 64 checkpoints on ImageNet's 1,000 classes and six sets. */
class ReportPageTest {
  private static final int CHECKPOINTS = 64;
  private static final int CLASSES = 1000;
  private static final int RECORDS = 2000;
  private static final int LIMIT_BYTES = 3_000_000;

  /** Four pictures for each of twelve pairs, which this dataset does not have. */
  private static final int PICTURES_BYTES = 500_000;

  private static final String HOSTILE = "</script><b id=\"x\">&amp;";

  @TempDir static Path folder;
  private static Report report;
  private static List<Row> rows;
  private static Path page;

  @BeforeAll
  static void build() throws IOException {
    rows = IntStream.range(0, CHECKPOINTS).parallel().mapToObj(ReportPageTest::entrant).toList();
    List<String> classes = new ArrayList<>();
    for (int label = 0; label < CLASSES; label++) {
      classes.add("n%08d".formatted(1440764 + 7 * label));
    }
    classes.set(3, HOSTILE);
    report =
        Leaderboard.of(
            new Report.Dataset("/gone/data", "val", "sha256:d", RECORDS, classes),
            rows,
            null,
            new Report.Software("1", "2", "3"));
    report = report.with(TestSets.of(onSixSets(report)));
    Files.writeString(
        folder.resolve("training.jsonl"),
        """
        {"epoch":1,"step":20,"loss":2.5,"learningRate":0.1,"imagesPerSecond":1}
        {"epoch":1,"step":40,"loss":2.25,"learningRate":0.05,"imagesPerSecond":1}
        {"epoch":1,"step":40,"meanLoss":2.375,"top1":0.5,"emaTop1":0.25}
        {"epoch":2,"step":80,"meanLoss":2.0,"top1":0.625}
        """);
    page = Files.writeString(folder.resolve("report.html"), html());
  }

  /** The last set knows one checkpoint only. */
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

  /** Right more often the later; half of the images of a checkpoint are hard for all. */
  private static Row entrant(int number) {
    return entrant(number, folder);
  }

  private static Row entrant(int number, Path training) {
    return entrant(number, training, 41 + number / 2);
  }

  private static Row entrant(int number, Path training, int percent) {
    int epoch = 1 + number / 2;
    boolean averaged = number % 2 == 1;
    String name = "epoch-%04d%s".formatted(epoch, averaged ? ".ema" : "");
    Tally tally = Tally.of(name, CLASSES);
    Random random = new Random(number);
    float[] logits = new float[CLASSES];
    for (int record = 0; record < RECORDS; record++) {
      int label = record % CLASSES;
      Arrays.fill(logits, 0);
      boolean right = random.nextInt(100) < percent;
      logits[right ? label : random.nextInt(CLASSES)] = 6 + 4 * random.nextFloat();
      tally.add(record, label, logits, 0);
    }
    return new Row(
        tally.checkpoint(),
        training.resolve("checkpoints").resolve(name + ".safetensors").toString(),
        new Row.Origin(
            "sha256:" + name,
            "ghostnet-1x",
            averaged ? "ema" : "raw",
            epoch,
            40L * epoch,
            "sha256:t",
            new ObjectMapper().createObjectNode().put("lr", 0.1).put("opt", "momentum"),
            null,
            null),
        new Report.Preprocessing(224, 0.875, "pillow", "float32", null),
        Figures.of(tally, 5_183_016),
        new Row.Standing(null, null),
        tally);
  }

  /** Of a tiny network's first epoch. */
  private static Row row(Tally tally, Path training) {
    return new Row(
        tally.checkpoint(),
        training.resolve("checkpoints").resolve(tally.checkpoint() + ".safetensors").toString(),
        new Row.Origin("sha256:e", "tiny", "raw", 1, 1, "", null, null, null),
        new Report.Preprocessing(32, 1, "opencv", "float32", null),
        Figures.of(tally, 1),
        new Row.Standing(null, null),
        tally);
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

  /** Each checkpoint of a training of its own, of the published 450 epochs. */
  @Test
  void staysSmallWhereEachCheckpointIsOfALongTraining(@TempDir Path trainings) throws IOException {
    StringBuilder log = new StringBuilder();
    for (int epoch = 1; epoch <= 450; epoch++) {
      for (int step = 1; step <= 10; step++) {
        log.append("{\"epoch\":%d,\"step\":%d,".formatted(epoch, 1000 * epoch + 100 * step))
            .append("\"loss\":2.123456789,\"learningRate\":0.123456789}\n");
      }
      log.append("{\"epoch\":%d,\"step\":%d,".formatted(epoch, 1000 * epoch + 1000))
          .append("\"meanLoss\":2.123456789,\"top1\":0.71234,\"emaTop1\":0.72345}\n");
    }
    List<Row> ofMany = new ArrayList<>();
    for (int i = 0; i < CHECKPOINTS; i++) {
      Path training = Files.createDirectory(trainings.resolve("training-of-seed-" + i));
      Files.writeString(training.resolve("training.jsonl"), log);
      ofMany.add(entrant(i, training));
    }
    Report many =
        Leaderboard.of(report.dataset(), ofMany, null, new Report.Software("1", "2", "3"));
    int bytes =
        ReportPage.of(many, ClassTitles.NONE, Storage.local())
            .getBytes(StandardCharsets.UTF_8)
            .length;
    assertTrue(bytes < LIMIT_BYTES - PICTURES_BYTES, () -> "report.html is " + bytes);
  }

  /** Two trainings share axes: a colour each, what is averaged dashed, both called by name. */
  @Test
  void severalTrainingsShareAxes(@TempDir Path profile, @TempDir Path trainings)
      throws IOException {
    List<Row> ofTwo = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path training = trainings.resolve(i < 4 ? "warm" : "cold");
      Files.createDirectories(training);
      Files.copy(
          folder.resolve("training.jsonl"),
          training.resolve("training.jsonl"),
          StandardCopyOption.REPLACE_EXISTING);
      ofTwo.add(entrant(i, training).named("c" + i));
    }
    Report two = Leaderboard.of(report.dataset(), ofTwo, null, new Report.Software("1", "2", "3"));
    Path file = folder.resolve("two.html");
    Files.writeString(file, ReportPage.of(two, ClassTitles.NONE, Storage.local()));
    try (Browser browser = Browser.start(profile)) {
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
          browser
              .text("document.querySelector('[data-chart=epochs]').textContent")
              .contains("warm"));
      assertEquals(List.of(), browser.console());
    }
  }

  /** They would cover each other where trainings end alike. */
  @Test
  void namesOfTrainingsThatEndAtOnePointAreApart(@TempDir Path profile) throws IOException {
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
    Report many = Leaderboard.of(report.dataset(), ends, null, new Report.Software("1", "2", "3"));
    Path file = folder.resolve("ends.html");
    Files.writeString(file, ReportPage.of(many, ClassTitles.NONE, Storage.local()));
    try (Browser browser = Browser.start(profile)) {
      browser.open(file);
      String labels =
          "[...document.querySelectorAll('[data-chart=epochs] [aria-label=text] text')]";
      assertEquals("6", browser.text(labels + ".length"));
      assertEquals(
          "true",
          browser.text(
              labels
                  + ".map(l => l.getBoundingClientRect().top).sort((a, b) => a - b)"
                  + ".every((top, i, all) => i == 0 || top - all[i - 1] >= 12)"));
      assertEquals(List.of(), browser.console());
    }
  }

  /** One checkpoint, without loss, calibration, pairs, mistakes or log; one image no codec read. */
  @Test
  void aLoneCheckpointOfNaNsHasAPageToo(@TempDir Path profile) throws IOException {
    Tally tally = Tally.of("exploded", 2);
    tally.add(0, 0, new float[] {Float.NaN, 0}, 0);
    tally.addUndecodable(1, 0);
    Row lone = row(tally, Path.of("/gone"));
    Report.Dataset data = new Report.Dataset("/gone", "val", "sha256:d", 2, List.of("a", "b"));
    Report alone = Leaderboard.of(data, List.of(lone), null, new Report.Software("1", "2", "3"));
    Path file = folder.resolve("alone.html");
    Files.writeString(file, ReportPage.of(alone, ClassTitles.NONE, Storage.local()));
    try (Browser browser = Browser.start(profile)) {
      browser.open(file);
      assertTrue(browser.seen("#ranking td").contains("not finite"));
      String coverage = browser.one("#provenance p").getText();
      assertTrue(coverage.contains("1 could not be decoded"), coverage);
      assertTrue(coverage.contains("exploded gave logits that are not finite for 1"), coverage);
      assertEquals("It took no class for another.", browser.one("#confusions p").getText());
      assertTrue(browser.one("#training p").getText().startsWith("No training log"));
      assertEquals(List.of(), browser.console());
    }
  }

  @Test
  void opensFastAndSaysNothingToConsoleOrNetwork(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
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
  }

  /** Else the test above could not fail. */
  @Test
  void theBrowserTellsOfRequestsAndErrors(@TempDir Path profile) throws IOException {
    Path other =
        Files.writeString(
            folder.resolve("other.html"),
            "<html data-ready=true><img src='http://elsewhere.invalid/a.png'>"
                + "<script>nothing.there()</script>");
    try (Browser browser = Browser.start(profile)) {
      browser.open(other);
      assertEquals(List.of("http://elsewhere.invalid/a.png"), browser.requests());
      assertTrue(browser.console().toString().contains("nothing is not defined"));
    }
  }

  @Test
  void sortsAndSearchesFromTheKeyboard(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
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
  }

  @Test
  void showsAnotherCheckpointsClassesAndCalibration(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
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
  }

  /** Eight classes of twenty images: none right, multiples of 5 %, and all right. */
  @Test
  void eachClassIsInItsBarAndCountsAreWhole(@TempDir Path profile) throws IOException {
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
    Report edges =
        Leaderboard.of(data, List.of(row(tally, folder)), null, new Report.Software("1", "2", "3"));
    Path file = folder.resolve("edges.html");
    Files.writeString(file, ReportPage.of(edges, ClassTitles.NONE, Storage.local()));
    try (Browser browser = Browser.start(profile)) {
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
  }

  private static List<String> ticks(Browser browser, String chart, String axis) {
    String texts =
        "[...document.querySelectorAll(\"[data-chart=%s] [aria-label^='%s-axis tick label'] text\")]"
            .formatted(chart, axis);
    return List.of(browser.text(texts + ".map(e => e.textContent).join(' ')").split(" ", -1));
  }

  @Test
  void followsTheColourSchemeAndPrintsLight(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
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
  }

  @Test
  void everyChartHasAText(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
      browser.open(page);
      for (WebElement chart : browser.all("[data-chart]")) {
        assertFalse(chart.getAccessibleName().isBlank(), chart.getDomAttribute("data-chart"));
      }
      assertEquals("0", browser.text("document.querySelectorAll('img:not([alt])').length"));
    }
  }

  private static String name(Browser browser) {
    return browser.one("#ranking tbody th").getText().split(" ", 2)[0];
  }
}
