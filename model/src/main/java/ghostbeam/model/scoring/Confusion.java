package ghostbeam.model.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sparse confusion matrix: images and right answers per true class, and the individual wrong
 * answers by record.
 */
final class Confusion {
  private final long[] totals;
  private final long[] correct;

  /**
   * Records of wrong predictions, of which there may be a million: arrays take a tenth of a map's
   * memory.
   */
  private int[] records = new int[0];

  /** label × classes + predicted, parallel to {@code records}. */
  private long[] pairs = new long[0];

  private int size;

  /** Whether {@code records} are ascending. */
  private boolean sorted = true;

  Confusion(int classes) {
    totals = new long[classes];
    correct = new long[classes];
  }

  /** Counts one image; {@link Prediction#NONE} counts as wrong without a predicted class. */
  void add(int record, int label, int predicted) {
    totals[label]++;
    if (predicted == label) {
      correct[label]++;
    } else if (predicted != Prediction.NONE) {
      makeRoom(1);
      put(record, (long) label * totals.length + predicted);
    }
  }

  private void makeRoom(int more) {
    if (records.length - size < more) {
      int length = Math.max(size + more, size + size / 2);
      records = Arrays.copyOf(records, length);
      pairs = Arrays.copyOf(pairs, length);
    }
  }

  private void put(int record, long pair) {
    sorted &= size == 0 || records[size - 1] < record;
    records[size] = record;
    pairs[size++] = pair;
  }

  private void sort() {
    if (sorted) {
      return;
    }
    long[] order = new long[size];
    Arrays.setAll(order, i -> (long) records[i] << Integer.SIZE | i);
    Arrays.sort(order);
    int[] recordsBefore = records;
    long[] pairsBefore = pairs;
    records = new int[size];
    pairs = new long[size];
    Arrays.setAll(records, i -> recordsBefore[(int) order[i]]);
    Arrays.setAll(pairs, i -> pairsBefore[(int) order[i]]);
    sorted = true;
  }

  /** Adds the counts of another, whose records must be disjoint from these. */
  void merge(Confusion other) {
    Arrays.setAll(totals, i -> totals[i] + other.totals[i]);
    Arrays.setAll(correct, i -> correct[i] + other.correct[i]);
    makeRoom(other.size);
    for (int i = 0; i < other.size; i++) {
      put(other.records[i], other.pairs[i]);
    }
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
    for (int i = 0; i < size; i++) {
      counts[(int) (pairs[i] / classes)][(int) (pairs[i] % classes)]++;
    }
    return counts;
  }

  /** In order of record numbers. */
  List<Tally.Mistake> mistakes() {
    sort();
    List<Tally.Mistake> all = new ArrayList<>(size);
    int classes = totals.length;
    for (int i = 0; i < size; i++) {
      all.add(
          new Tally.Mistake(records[i], (int) (pairs[i] / classes), (int) (pairs[i] % classes)));
    }
    return all;
  }

  /** A record's wrongly predicted class; the fallback where it has none. */
  int predicted(int record, int fallback) {
    sort();
    int index = Arrays.binarySearch(records, 0, size, record);
    return index < 0 ? fallback : (int) (pairs[index] % totals.length);
  }

  long images() {
    return Arrays.stream(totals).sum();
  }

  void write(CodedOutputStream out) throws IOException {
    for (int i = 0; i < totals.length; i++) {
      out.writeUInt64NoTag(totals[i]);
      out.writeUInt64NoTag(correct[i]);
    }
    sort();
    out.writeUInt32NoTag(size);
    int previous = 0;
    for (int i = 0; i < size; i++) {
      out.writeUInt32NoTag(records[i] - previous);
      out.writeUInt64NoTag(pairs[i]);
      previous = records[i];
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
      makeRoom(1); // a false count allocates no memory
      put(record, pair);
    }
  }
}
