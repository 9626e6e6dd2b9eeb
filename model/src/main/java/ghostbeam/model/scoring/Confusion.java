package ghostbeam.model.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Images per true class, right ones per true class, and which record of which class was taken for
 * which other. Sparse where it matters: only wrong answers are kept one by one.
 */
final class Confusion {
  private final long[] totals;
  private final long[] correct;

  /** By record number: label × classes + predicted, wrong predictions only. */
  private final TreeMap<Integer, Long> mistakes = new TreeMap<>();

  Confusion(int classes) {
    totals = new long[classes];
    correct = new long[classes];
  }

  /** Counts one image; {@link Prediction#NONE} is wrong without being taken for a class. */
  void add(int record, int label, int predicted) {
    totals[label]++;
    if (predicted == label) {
      correct[label]++;
    } else if (predicted != Prediction.NONE) {
      mistakes.put(record, (long) label * totals.length + predicted);
    }
  }

  /** The other's records are none of these. */
  void merge(Confusion other) {
    Arrays.setAll(totals, i -> totals[i] + other.totals[i]);
    Arrays.setAll(correct, i -> correct[i] + other.correct[i]);
    mistakes.putAll(other.mistakes);
  }

  long total(int label) {
    return totals[label];
  }

  long correct(int label) {
    return correct[label];
  }

  /** Images by true class, then by predicted class. */
  long[][] counts() {
    int classes = totals.length;
    long[][] counts = new long[classes][classes];
    for (int label = 0; label < classes; label++) {
      counts[label][label] = correct[label];
    }
    for (long pair : mistakes.values()) {
      counts[(int) (pair / classes)][(int) (pair % classes)]++;
    }
    return counts;
  }

  /** In order of record numbers. */
  List<Tally.Mistake> mistakes() {
    List<Tally.Mistake> all = new ArrayList<>();
    int classes = totals.length;
    mistakes.forEach(
        (record, pair) ->
            all.add(new Tally.Mistake(record, (int) (pair / classes), (int) (pair % classes))));
    return all;
  }

  /** What a record was taken for; the fallback where it is no mistake. */
  int predicted(int record, int fallback) {
    Long pair = mistakes.get(record);
    return pair == null ? fallback : (int) (pair % totals.length);
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
    int previous = 0;
    for (Map.Entry<Integer, Long> mistake : mistakes.entrySet()) {
      out.writeUInt32NoTag(mistake.getKey() - previous);
      out.writeUInt64NoTag(mistake.getValue());
      previous = mistake.getKey();
    }
  }

  void read(CodedInputStream in) throws IOException {
    long wrong = 0;
    for (int i = 0; i < totals.length; i++) {
      totals[i] = in.readUInt64();
      correct[i] = in.readUInt64();
      if (correct[i] < 0 || correct[i] > totals[i] || totals[i] > Integer.MAX_VALUE) {
        throw new IOException(correct[i] + " right of " + totals[i]);
      }
      wrong += totals[i] - correct[i];
    }
    int count = in.readUInt32();
    if (count < 0 || count > wrong) {
      throw new IOException(count + " mistakes among " + wrong + " wrong answers");
    }
    int record = 0;
    for (int i = 0; i < count; i++) {
      int distance = in.readUInt32();
      record += distance;
      long pair = in.readUInt64();
      if (distance < 0 || record < 0 || (distance == 0 && i > 0)) {
        throw new IOException("mistakes that are not in order");
      }
      if (pair < 0 || pair >= (long) totals.length * totals.length) {
        throw new IOException("a confusion pair beyond " + totals.length + " classes");
      }
      mistakes.put(record, pair);
    }
  }
}
