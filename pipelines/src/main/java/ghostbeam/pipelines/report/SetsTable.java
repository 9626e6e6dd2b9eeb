package ghostbeam.pipelines.report;

import ghostbeam.model.scoring.Proportion;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.TestSets;
import java.util.ArrayList;
import java.util.List;

/** Checkpoints by test sets as Markdown. */
final class SetsTable {
  private SetsTable() {}

  /** The section with heading and explanation; empty if there is only one set. */
  static String section(Report report) {
    return report.testSets() == null
        ? ""
        : """
        ## Test sets

        %s
        Top-1 with Wilson intervals at 95 %%; `best` of each set and `tied` with it as above, on the \
        set's own images. What follows on `in-dataset` is among the set's classes alone.

        %s
        Drops are of Top-1 over all logits, in points; intervals at 95 %% are Newcombe's hybrid score \
        of two independent samples, as sets are that share no image.

        %s"""
            .formatted(scores(report.testSets()), drops(report.testSets()), remarks(report));
  }

  private static String remarks(Report report) {
    StringBuilder text = new StringBuilder();
    report.testSets().remarks().forEach(sentence -> text.append(sentence).append(".\n\n"));
    return text.toString();
  }

  /**
   * One line per checkpoint and one column per set, two if any network knows more than the set's
   * classes.
   */
  static String scores(TestSets table) {
    List<List<String>> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("checkpoint"));
    for (int set = 0; set < table.sets().size(); set++) {
      String name = escaped(table.sets().get(set).name());
      header.add(name + " %");
      if (table.inDataset(set)) {
        header.add(name + " in-dataset %");
      }
    }
    lines.add(header);
    for (TestSets.Entry entry : table.checkpoints()) {
      List<String> cells = new ArrayList<>(List.of(escaped(entry.name())));
      for (int set = 0; set < table.sets().size(); set++) {
        TestSets.TestSet on = table.sets().get(set);
        TestSets.Score score = entry.scores().get(set);
        cells.add(
            score == null
                ? ""
                : cell(score, score.top1(), entry.name().equals(on.best()), score.tied()));
        if (table.inDataset(set)) {
          boolean none = score == null || score.top1InDataset() == null;
          cells.add(
              none
                  ? ""
                  : cell(
                      score,
                      score.top1InDataset(),
                      entry.name().equals(on.bestInDataset()),
                      score.tiedInDataset()));
        }
      }
      lines.add(cells);
    }
    return ReportTable.format(lines);
  }

  private static String cell(
      TestSets.Score score, TestSets.Share share, boolean best, boolean tied) {
    return "%s (%s–%s) %s"
        .formatted(
            ReportTable.percent(share.rate()),
            ReportTable.percent(share.low()),
            ReportTable.percent(share.high()),
            ReportTable.mark(best, tied, score.chosenOnThisSplit()))
        .strip();
  }

  private static String drops(TestSets table) {
    List<List<String>> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("checkpoint"));
    for (TestSets.TestSet set : table.sets().subList(1, table.sets().size())) {
      header.add("%s less %s".formatted(escaped(table.sets().get(0).name()), escaped(set.name())));
    }
    lines.add(header);
    for (TestSets.Entry entry : table.checkpoints()) {
      List<String> cells = new ArrayList<>(List.of(escaped(entry.name())));
      for (TestSets.Score score : entry.scores().subList(1, table.sets().size())) {
        cells.add(score == null || score.drop() == null ? "" : drop(score.drop()));
      }
      lines.add(cells);
    }
    return ReportTable.format(lines);
  }

  private static String drop(Proportion.Difference drop) {
    return "%s (%s to %s)"
        .formatted(
            ReportTable.percent(drop.rate()),
            ReportTable.percent(drop.low()),
            ReportTable.percent(drop.high()));
  }

  private static String escaped(String name) {
    return name.replace("|", "\\|");
  }
}
