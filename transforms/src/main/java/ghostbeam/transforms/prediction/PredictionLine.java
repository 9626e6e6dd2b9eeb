package ghostbeam.transforms.prediction;

import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.record.Example;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A record in a CSV file of predictions: its number, its key (its class's folder and its file's
 * name in the data), its class, and the {@value #BEST} classes of the greatest logits with their
 * softmax probabilities to six digits. Of equal logits the one of the lower index comes first. An
 * image that could not be decoded, or whose logits are not finite, has empty cells.
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

  /** What a line begins with, whoever answers. */
  public static String head(long record, Example example) {
    String key =
        example.synset().isEmpty()
            ? example.filename()
            : example.synset() + "/" + example.filename();
    return record + "," + quoted(key) + ",";
  }

  /** Adds the record's class, called as the answers are. */
  public static void addLabel(StringBuilder line, int label, LabelMapping labels) {
    line.append(quoted(labels.name(labels.toNetwork(label))));
  }

  /** Ends the line of an image that could not be decoded. */
  public static void endWithNothing(StringBuilder line) {
    line.append(NOTHING);
  }

  /** Ends a line with what a row of logits says. */
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

  /** Indices of the greatest logits, the greatest first. */
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

  /** As {@code %.6f}, without its price: there may be tens of millions. */
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
