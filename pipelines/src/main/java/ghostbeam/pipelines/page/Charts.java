package ghostbeam.pipelines.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.training.LogLine;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.TestSets;
import java.util.Arrays;
import java.util.List;

/** The data that the page's script draws, as JSON that is safe inside a script element. */
final class Charts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode data = JSON.createObjectNode();

  private Charts() {}

  /**
   * @param distinct rows of different files or views, best first
   * @param trainings found beside them
   */
  static String of(Report report, List<Row> distinct, List<TrainingHistory> trainings) {
    Charts charts = new Charts();
    charts.addRows(report, distinct);
    charts.addDetails(report, distinct);
    charts.addTrainings(trainings);
    charts.addSets(report.testSets());
    return PageTemplate.inScript(charts.data.toString());
  }

  /** Top-1 over epochs, and each against the best. */
  private void addRows(Report report, List<Row> distinct) {
    data.put("best", report.best());
    ArrayNode checkpoints = data.putArray("checkpoints");
    for (Row row : distinct) {
      checkpoints
          .addObject()
          .put("name", row.name())
          .put("training", row.training())
          .put("weights", row.origin().weights())
          .put("epoch", row.origin().weights().isEmpty() ? null : row.origin().epoch())
          .put("top1", row.top1().rate())
          .put("low", row.top1().low())
          .put("high", row.top1().high())
          .put("onlyThis", row.versusBest().onlyThis())
          .put("onlyBest", row.versusBest().onlyBest())
          .put("pHolm", row.versusBest().pHolm())
          .put("tied", row.tied());
    }
  }

  /** Classes and calibration of each checkpoint. */
  private void addDetails(Report report, List<Row> distinct) {
    int classes = report.dataset().classes().size();
    ArrayNode totals = data.putArray("totals");
    for (int label = 0; label < classes; label++) {
      totals.add(distinct.get(0).tally().ofClass(label).total());
    }
    ArrayNode details = data.putArray("details");
    for (Row row : distinct) {
      Tally tally = row.tally();
      ObjectNode detail = details.addObject().put("name", row.name());
      detail.put("calibrationError", tally.calibrationError());
      ArrayNode correct = detail.putArray("correct");
      for (int label = 0; label < classes; label++) {
        correct.add(tally.ofClass(label).correct());
      }
      Arrays.stream(mostlyTakenFor(tally)).forEach(detail.putArray("taken")::add);
      ArrayNode bins = detail.putArray("bins");
      for (Tally.Bin counted : tally.calibrationBins()) {
        bins.addArray()
            .add(counted.count())
            .add(counted.correct())
            .add(Math.round(counted.confidence() * 1e4) / 1e4);
      }
    }
  }

  /** By true class: the class it is most often taken for; -1 if none. */
  static int[] mostlyTakenFor(Tally tally) {
    int[] mostly = new int[tally.classes()];
    Arrays.fill(mostly, -1);
    for (ConfusedPair pair : ConfusedPair.of(tally)) { // the most frequent first
      if (mostly[pair.label()] < 0) {
        mostly[pair.label()] = pair.predicted();
      }
    }
    return mostly;
  }

  /**
   * By checkpoint and set: Top-1 with its interval, then the same among the set's classes alone.
   */
  private void addSets(TestSets table) {
    if (table == null) {
      return;
    }
    ObjectNode sets = data.putObject("sets");
    ArrayNode names = sets.putArray("names");
    table.sets().forEach(set -> names.add(set.name()));
    ArrayNode rows = sets.putArray("rows");
    for (TestSets.Entry entry : table.checkpoints()) {
      ArrayNode scores = rows.addObject().put("name", entry.name()).putArray("scores");
      for (TestSets.Score score : entry.scores()) {
        ArrayNode figures = score == null ? null : scores.addArray();
        if (figures == null) {
          scores.addNull();
        } else {
          add(figures, score.top1());
          add(figures, score.top1InDataset());
        }
      }
    }
  }

  private static void add(ArrayNode figures, TestSets.Share share) {
    if (share != null) {
      figures.add(share.rate()).add(share.low()).add(share.high());
    }
  }

  private void addTrainings(List<TrainingHistory> trainings) {
    ArrayNode all = data.putArray("trainings");
    for (TrainingHistory training : trainings) {
      ObjectNode node = all.addObject().put("folder", training.folder());
      ArrayNode steps = node.putArray("steps");
      for (LogLine.Step step : training.steps()) {
        steps.addArray().add(step.step()).add(rounded(step.loss())).add(step.learningRate());
      }
      ArrayNode epochs = node.putArray("epochs");
      for (LogLine.Epoch epoch : training.epochs()) {
        epochs
            .addArray()
            .add(epoch.epoch())
            .add(epoch.step())
            .add(rounded(epoch.meanLoss()))
            .add(epoch.top1())
            .add(epoch.emaTop1());
      }
    }
  }

  private static double rounded(double loss) {
    return Math.round(loss * 1e5) / 1e5;
  }
}
