package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Tally;

/** Rows as an evaluation makes them of tallies. */
public final class Rows {
  private static final Report.Preprocessing VIEW =
      new Report.Preprocessing(224, 0.875, "pillow", "float32", null);

  private Rows() {}

  /** Of a tiny network's first step. */
  public static Row of(Tally tally, String uri, String digest) {
    return of(tally, uri, new Row.Origin(digest, "tiny", "raw", 1, 1, "", null, null, null, null));
  }

  public static Row of(Tally tally, String uri, Row.Origin origin) {
    Figures figures = Figures.of(tally, 1000);
    return new Row(tally.checkpoint(), uri, origin, VIEW, figures, Row.Standing.NONE, tally);
  }

  /** The same scores of another file. */
  public static Row from(Row.Origin origin, Row row) {
    return new Row(
        row.name(),
        row.uri(),
        origin,
        row.preprocessing(),
        row.figures(),
        row.standing(),
        row.tally());
  }

  /** The same scores of a mean of two. */
  public static Row mean(Row row, boolean chosenHere) {
    Row.Origin of = row.origin();
    return from(
        new Row.Origin(
            of.digest(),
            of.architecture(),
            of.weights(),
            of.epoch(),
            of.step(),
            of.trainedOn(),
            of.recipe(),
            of.classes(),
            new Row.MeanOf(2, chosenHere),
            of.moduleClasses()),
        row);
  }

  /** The same scores, beaten; null where nobody beat it. */
  public static Row beaten(Row row, Defeat defeat) {
    return new Row(
        row.name(),
        row.uri(),
        row.origin(),
        row.preprocessing(),
        row.figures(),
        new Row.Standing(null, defeat),
        row.tally());
  }
}
