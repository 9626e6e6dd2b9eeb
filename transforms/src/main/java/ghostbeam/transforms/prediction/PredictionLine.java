package ghostbeam.transforms.prediction;

import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.record.Example;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One record's line in a CSV file of predictions: its number, its key ({@code <class>/<file>} in
 * the source), its class, and the top {@value #BEST} classes with their softmax probabilities to
 * six digits. Of equal logits the one with the lower index comes first. The cells are empty if the
 * image is undecodable or a logit is not finite.
 */
public final class PredictionLine {
  private static final int BEST = 5;
  private static final long MILLION = 1_000_000;
  private static final String NOTHING = ",".repeat(2 * BEST) + "\n";

  /** The first line of a file. */
  static final String HEADER =
      "record,key,label,"
          + IntStream.rangeClosed(1, BEST)
              .mapToObj(rank -> "class" + rank + ",probability" + rank)
              .collect(Collectors.joining(","))
          + "\n";

  private PredictionLine() {}

  /** The start of a record's line, the same for every candidate. */
  public static String head(long record, Example example) {
    return record + "," + quoted(example.key()) + ",";
  }

  /** Adds the record's class, under the name the network has for it. */
  public static void addLabel(StringBuilder line, int label, LabelMapping labels) {
    line.append(quoted(labels.name(labels.toNetwork(label))));
  }

  /** Ends the line of an undecodable image. */
  public static void endWithNothing(StringBuilder line) {
    line.append(NOTHING);
  }

  /** Ends a line with the top classes of a row of logits, which starts at {@code offset}. */
  public static void end(StringBuilder line, float[] logits, int offset, LabelMapping labels) {
    int classes = labels.networkClasses();
    int[] best = best(logits, offset, classes);
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      if (!Float.isFinite(logits[offset + i])) {
        line.append(NOTHING);
        return;
      }
      sum += Math.exp((double) logits[offset + i] - logits[offset + best[0]]);
    }
    for (int rank = 0; rank < BEST; rank++) {
      line.append(',');
      if (rank < best.length) {
        line.append(quoted(labels.name(best[rank]))).append(',');
        double ahead = (double) logits[offset + best[rank]] - logits[offset + best[0]];
        appendProbability(line, Math.exp(ahead) / sum);
      } else {
        line.append(',');
      }
    }
    line.append('\n');
  }

  /** Indices of the largest logits, in descending order. */
  private static int[] best(float[] logits, int offset, int classes) {
    int[] best = new int[Math.min(BEST, classes)];
    int found = 0;
    for (int i = 0; i < classes; i++) {
      int at = found;
      while (at > 0 && logits[offset + i] > logits[offset + best[at - 1]]) {
        at--;
      }
      if (at < best.length) {
        int kept = Math.min(found, best.length - 1);
        System.arraycopy(best, at, best, at + 1, kept - at);
        best[at] = i;
        found = kept + 1;
      }
    }
    return best;
  }

  /** Like {@code %.6f}, but fast: there may be tens of millions. */
  private static void appendProbability(StringBuilder line, double probability) {
    long millionths = Math.round(probability * MILLION);
    line.append(millionths / MILLION).append('.');
    line.append(Long.toString(MILLION + millionths % MILLION), 1, 7);
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
  }
}
