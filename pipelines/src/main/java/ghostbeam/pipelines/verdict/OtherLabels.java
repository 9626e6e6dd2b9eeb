package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A checkpoint whose predictions are hardly ever right but would be if its classes were in another
 * order: the data's labels, or its own list of classes, are probably wrong.
 *
 * @param top1 as it was scored
 * @param matchedTop1 after the best permutation of its classes
 */
public record OtherLabels(String checkpoint, double top1, double matchedTop1) {
  /** Multiple of chance up to which a Top-1 counts as near it. */
  private static final double NEAR_CHANCE = 2;

  private static final double CONSISTENT = 0.6;
  private static final double TIMES_BETTER = 3;

  /** With fewer images per class, the best permutation would fit noise. */
  private static final int IMAGES_PER_CLASS = 5;

  static List<OtherLabels> of(List<Row> rows, int classes) {
    List<OtherLabels> found = new ArrayList<>();
    for (Row row : rows) {
      Proportion top1 = row.top1();
      boolean nearChance = top1.rate() * classes <= NEAR_CHANCE;
      if (nearChance && row.records() >= (long) IMAGES_PER_CLASS * classes) {
        Proportion matched = row.tally().bestMatching();
        if (matched.rate() >= CONSISTENT && matched.rate() >= TIMES_BETTER * top1.rate()) {
          found.add(new OtherLabels(row.name(), top1.rate(), matched.rate()));
        }
      }
    }
    return found;
  }

  /** A line for people. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "%s predicts consistently, but with other labels: Top-1 is %.2f %%, and %.2f %% if its"
            + " classes are matched to the data's; the order of classes differs between them",
        checkpoint,
        100 * top1,
        100 * matchedTop1);
  }
}
