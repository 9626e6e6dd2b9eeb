package ghostbeam.model.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Images per true class, right ones per true class, and how often which class was taken for which
 * other. Sparse where it matters: of 1000×1000 pairs a validation set touches a few percent.
 */
final class Confusion {
  private final long[] totals;
  private final long[] correct;

  /** Keyed by label × classes + predicted, wrong predictions only. */
  private final TreeMap<Long, Long> mistakes = new TreeMap<>();

  Confusion(int classes) {
    totals = new long[classes];
    correct = new long[classes];
  }

  /** Counts one image; {@link Prediction#NONE} is wrong without being taken for a class. */
  void add(int label, int predicted) {
    totals[label]++;
    if (predicted == label) {
      correct[label]++;
    } else if (predicted != Prediction.NONE) {
      mistakes.merge((long) label * totals.length + predicted, 1L, Long::sum);
    }
  }

  void merge(Confusion other) {
    Arrays.setAll(totals, i -> totals[i] + other.totals[i]);
    Arrays.setAll(correct, i -> correct[i] + other.correct[i]);
    other.mistakes.forEach((pair, count) -> mistakes.merge(pair, count, Long::sum));
  }

  long total(int label) {
    return totals[label];
  }

  long correct(int label) {
    return correct[label];
  }

  long mistaken(int label, int predicted) {
    return mistakes.getOrDefault((long) label * totals.length + predicted, 0L);
  }

  long images() {
    return Arrays.stream(totals).sum();
  }

  void write(CodedOutputStream out) throws IOException {
    for (int i = 0; i < totals.length; i++) {
      out.writeUInt64NoTag(totals[i]);
      out.writeUInt64NoTag(correct[i]);
    }
    out.writeUInt32NoTag(mistakes.size());
    long previous = 0;
    for (Map.Entry<Long, Long> mistake : mistakes.entrySet()) {
      out.writeUInt64NoTag(mistake.getKey() - previous);
      out.writeUInt64NoTag(mistake.getValue());
      previous = mistake.getKey();
    }
  }

  void read(CodedInputStream in) throws IOException {
    for (int i = 0; i < totals.length; i++) {
      totals[i] = in.readUInt64();
      correct[i] = in.readUInt64();
      if (correct[i] < 0 || correct[i] > totals[i]) {
        throw new IOException(correct[i] + " right of " + totals[i]);
      }
    }
    int pairs = in.readUInt32();
    long pair = 0;
    for (int i = 0; i < pairs; i++) {
      pair += in.readUInt64();
      if (pair < 0 || pair >= (long) totals.length * totals.length) {
        throw new IOException("a confusion pair beyond " + totals.length + " classes");
      }
      mistakes.put(pair, in.readUInt64());
    }
  }
}
