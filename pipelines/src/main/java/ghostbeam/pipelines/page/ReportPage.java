package ghostbeam.pipelines.page;

import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Race;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.verdict.Copies;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes {@code report.html}: a page that needs no other file and no network. The same report,
 * tallies, images and training logs give the same bytes.
 */
public final class ReportPage {
  private static final int PAIRS_SHOWN = 12;

  /** A class as the best checkpoint sees it. */
  record ClassRow(int label, String name, Proportion hits, String takenFor) {}

  /** A calibration bin as shares. */
  record BinRow(double from, double to, long count, Double confidence, Double accuracy) {}

  private ReportPage() {}

  /**
   * The page.
   *
   * @param report with tallies in its rows
   * @param titles of classes, if any
   * @param storage for reading datasets and training logs, where they still exist
   */
  public static String of(Report report, ClassTitles titles, Storage storage) throws IOException {
    List<Row> distinct = distinct(report);
    Tally best = distinct.get(0).tally();
    List<String> called = titles.of(report.dataset().classes());
    List<ConfusedPair> pairs = ConfusedPair.of(best).stream().limit(PAIRS_SHOWN).toList();
    List<TrainingHistory> trainings = TrainingHistory.find(storage, report.checkpoints());

    Map<String, Object> model = new HashMap<>();
    model.put("report", report);
    model.put("best", report.bestRow());
    model.put("ranked", report.ranked());
    model.put("columns", columns(report));
    model.put("dropped", report.dropped());
    model.put("errorBudget", Race.ERROR_BUDGET);
    model.put("data", report.dataset());
    model.put("calibration", Metric.CALIBRATION_ERROR);
    model.put("notFinite", Metric.NOT_FINITE);
    model.put("parameters", Metric.PARAMETERS);
    model.put("axis", IntervalAxis.of(report));
    model.put("sets", report.testSets());
    model.put("setsInDataset", report.testSets() != null && report.testSets().anyInDataset());
    model.put("distinct", distinct);
    model.put("copies", Copies.of(report.checkpoints()));
    model.put("decodedElsewhere", decodedElsewhere(report));
    model.put("tied", report.checkpoints().stream().filter(Row::tied).count() - 1);
    model.put(
        "epochs",
        distinct.stream()
            .map(row -> row.origin().epoch())
            .filter(epoch -> epoch > 0)
            .distinct()
            .count());
    model.put("called", called);
    model.put("severalTrained", distinct.stream().map(Row::training).distinct().count() > 1);
    model.put("classes", classes(called, best));
    model.put("totals", totals(best));
    model.put("bins", bins(best));
    model.put("pairs", Thumbnails.of(storage, report.dataset(), pairs));
    model.put("trainings", trainings);
    model.put("trainedOn", trainedOn(report));
    model.put("recipes", recipes(report));
    model.put("commands", ScoringCommand.of(report));
    model.put("charts", Charts.of(report, distinct, trainings));
    return PageTemplate.fill("report.html", model);
  }

  /** The columns except Top-1, which is drawn. */
  private static List<Metric> columns(Report report) {
    List<Metric> columns = new ArrayList<>(report.columns(Metric.Shown.ON_THE_PAGE));
    columns.remove(Metric.TOP1);
    return columns;
  }

  /** Whether some checkpoints saw images that others could not decode. */
  private static boolean decodedElsewhere(Report report) {
    return report.ranked().stream()
        .anyMatch(row -> row.tally().undecodable().count() < report.undecodable().size());
  }

  /** The ranked rows without copies of the same file, view and scores, best first. */
  private static List<Row> distinct(Report report) {
    Map<Row.Content, Row> distinct = new LinkedHashMap<>();
    report.ranked().forEach(row -> distinct.putIfAbsent(row.content(), row));
    return List.copyOf(distinct.values());
  }

  /** The worst first, ties in label order; classes without records last. */
  private static List<ClassRow> classes(List<String> names, Tally best) {
    int[] taken = Charts.mostlyTakenFor(best);
    return IntStream.range(0, names.size())
        .mapToObj(
            label ->
                new ClassRow(
                    label,
                    names.get(label),
                    best.ofClass(label),
                    taken[label] < 0 ? "" : names.get(taken[label])))
        .sorted(Comparator.comparingDouble(row -> row.hits().rate())) // NaN is the greatest
        .toList();
  }

  private static List<Long> totals(Tally best) {
    return IntStream.range(0, best.classes())
        .mapToObj(label -> best.ofClass(label).total())
        .toList();
  }

  private static List<BinRow> bins(Tally best) {
    List<Tally.Bin> bins = best.calibrationBins();
    return IntStream.range(0, bins.size())
        .mapToObj(
            i -> {
              Tally.Bin bin = bins.get(i);
              boolean none = bin.count() == 0;
              return new BinRow(
                  (double) i / bins.size(),
                  (i + 1.0) / bins.size(),
                  bin.count(),
                  none ? null : bin.confidence() / bin.count(),
                  none ? null : (double) bin.correct() / bin.count());
            })
        .toList();
  }

  private static List<String> trainedOn(Report report) {
    return report.checkpoints().stream()
        .map(row -> row.origin().trainedOn())
        .filter(digest -> digest != null && !digest.isEmpty())
        .distinct()
        .toList();
  }

  /** A recipe and the checkpoints trained by it. */
  record RecipeRow(List<String> names, List<Map.Entry<String, String>> settings) {}

  private static List<RecipeRow> recipes(Report report) {
    Map<String, List<Row>> byRecipe = new LinkedHashMap<>();
    for (Row row : report.checkpoints()) {
      if (row.origin().recipe() != null && row.origin().recipe().isObject()) {
        byRecipe
            .computeIfAbsent(row.origin().recipe().toString(), unused -> new ArrayList<>())
            .add(row);
      }
    }
    return byRecipe.values().stream()
        .map(
            rows ->
                new RecipeRow(
                    rows.stream().map(Row::name).toList(),
                    rows.get(0).origin().recipe().properties().stream()
                        .map(setting -> Map.entry(setting.getKey(), setting.getValue().asText()))
                        .toList()))
        .toList();
  }
}
