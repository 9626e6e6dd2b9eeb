package ghostbeam.model.scoring;

import ghostbeam.model.dataset.LabelMapping;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.roaringbitmap.RoaringBitmap;

/**
 * Everything counted about one checkpoint on some records of a dataset. Tallies of disjoint records
 * merge in any order and grouping to the same bytes: bitmaps are united, counts and losses (integer
 * multiples of 2⁻³² nat) are added. {@link #empty()} is the identity. Ratios come last.
 *
 * <p>Mutable and not thread-safe; equal where the {@linkplain #toBytes() bytes} are equal.
 */
public final class Tally {
  /**
   * One calibration bin.
   *
   * @param count number of images whose confidence falls into it
   * @param correct Top-1 hits among them
   * @param confidence sum of their confidences
   */
  public record Bin(long count, long correct, double confidence) {}

  /** One wrong answer: a record's number, its true class and its predicted class. */
  public record Mistake(int record, int label, int predicted) {}

  String checkpoint;
  final int classes;
  final RecordSets sets;
  final Confusion confusion;
  final Calibration calibration = new Calibration();
  final LossSum loss = new LossSum();
  final LossSum othersLoss = new LossSum();

  private Tally(String checkpoint, int classes, boolean knowsMore) {
    this.checkpoint = checkpoint;
    this.classes = classes;
    this.sets = new RecordSets(knowsMore);
    this.confusion = new Confusion(classes);
  }

  /** The identity of {@link #plus}, without checkpoint and records. */
  public static Tally empty() {
    return new Tally("", 0, false);
  }

  /**
   * A checkpoint's tally, without records.
   *
   * @param checkpoint its name in the report, not empty
   * @param classes number of classes of the data and the checkpoint, at least 1
   */
  public static Tally of(String checkpoint, int classes) {
    return of(checkpoint, classes, false);
  }

  /** The same for a checkpoint that may know more classes than the data has. */
  public static Tally of(String checkpoint, LabelMapping labels) {
    return of(checkpoint, labels.dataClasses(), labels.isPart());
  }

  static Tally of(String checkpoint, int classes, boolean knowsMore) {
    if (checkpoint.isEmpty() || classes < 1) {
      throw new IllegalArgumentException(
          "a tally needs a checkpoint's name and classes, not '" + checkpoint + "', " + classes);
    }
    return new Tally(checkpoint, classes, knowsMore);
  }

  /**
   * Counts one scored image. A row with a non-finite logit is a wrong answer without loss.
   *
   * @param record its record number, from 0 to 2³¹ − 1
   * @param label its true class
   * @param logits float32, one row of {@code classes} from {@code offset}
   * @throws CoverageException where the record was counted before
   */
  public void add(long record, int label, float[] logits, int offset) {
    int number = see(record, label);
    Prediction prediction = Prediction.of(logits, offset, classes, label);
    add(number, label, prediction, prediction.predicted());
  }

  /**
   * The same for a network whose classes differ from the data's in order, or that has more. A
   * predicted class that the data does not have is a wrong answer without a predicted class.
   *
   * @param label its true class, in the data's order
   * @param logits of all of the network's classes, in its order
   */
  public void add(long record, int label, float[] logits, int offset, LabelMapping labels) {
    int number = see(record, label);
    int index = labels.toNetwork(label);
    Prediction prediction = Prediction.of(logits, offset, labels.networkClasses(), index);
    add(number, label, prediction, labels.toData(prediction.predicted()));
    sets.addInDataset(number, prediction.isFinite() && labels.leads(logits, offset, label));
  }

  private void add(int number, int label, Prediction prediction, int predicted) {
    confusion.add(number, label, predicted);
    if (!prediction.isFinite()) {
      sets.notFinite.add(number);
      return;
    }
    sets.addRanked(number, prediction.rank());
    calibration.add(prediction.confidence(), prediction.rank() == 0);
    loss.add(prediction.loss());
    othersLoss.add(prediction.othersLoss());
  }

  /**
   * Counts an undecodable image as a wrong answer, without loss or confidence.
   *
   * @throws CoverageException where the record was counted before
   */
  public void addUndecodable(long record, int label) {
    int number = see(record, label);
    sets.undecodable.add(number);
    confusion.add(number, label, Prediction.NONE);
  }

  private int see(long record, int label) {
    int number = Math.toIntExact(record);
    if (number < 0 || label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "checkpoint %s knows %d classes: record %d has label %d"
              .formatted(checkpoint, classes, record, label));
    }
    if (!sets.seen.checkedAdd(number)) {
      throw CoverageException.twice(checkpoint, RoaringBitmap.bitmapOf(number));
    }
    return number;
  }

  /**
   * The merged tally of both sides' records. This side may be modified and must not be used
   * afterwards; the other is never modified. May return a side itself.
   *
   * @throws CoverageException where a record is in both
   * @throws IllegalArgumentException where the sides belong to different checkpoints
   */
  public Tally plus(Tally other) {
    if (other.checkpoint.isEmpty()) {
      return this;
    }
    Tally sum =
        checkpoint.isEmpty() ? of(other.checkpoint, other.classes, other.knowsMore()) : this;
    boolean same = sum.checkpoint.equals(other.checkpoint) && sum.classes == other.classes;
    if (!same || sum.knowsMore() != other.knowsMore()) {
      throw new IllegalArgumentException(
          "tallies of different checkpoints: %s with %d classes and %s with %d"
              .formatted(sum.checkpoint, sum.classes, other.checkpoint, other.classes));
    }
    sum.sets.merge(other.sets, checkpoint);
    sum.confusion.merge(other.confusion);
    sum.calibration.merge(other.calibration);
    sum.loss.merge(other.loss);
    sum.othersLoss.merge(other.othersLoss);
    return sum;
  }

  /** The same counts under another name, for a file that is a copy of another checkpoint. */
  public Tally named(String name) {
    Tally copy = empty().plus(this);
    copy.checkpoint = name;
    return copy;
  }

  /**
   * Checks that exactly the records 0 to {@code records} − 1 were counted.
   *
   * @throws CoverageException naming the first missing or unexpected records
   */
  public void requireCoverage(long records) {
    CoverageException.require(checkpoint, sets.seen, records);
  }

  public String checkpoint() {
    return checkpoint;
  }

  public int classes() {
    return classes;
  }

  /** The number of records counted. */
  public long records() {
    return sets.seen.getLongCardinality();
  }

  public Proportion top1() {
    return new Proportion(sets.top1.getLongCardinality(), records());
  }

  /** Whether the network knows classes that the data does not have. */
  public boolean knowsMore() {
    return sets.inDataset != null;
  }

  /** Top-1 among the data's classes alone; null where the network knows no other classes. */
  public Proportion top1InDataset() {
    return knowsMore() ? new Proportion(sets.inDataset.getLongCardinality(), records()) : null;
  }

  /** A copy of the record numbers of the Top-1 hits. */
  public RoaringBitmap top1Records() {
    return sets.top1.clone();
  }

  /** The true class is among the five greatest logits; always so with at most five classes. */
  public Proportion top5() {
    return new Proportion(sets.top5.getLongCardinality(), records());
  }

  /** The numbers of undecodable records, ascending. */
  public IntStream undecodable() {
    return sets.undecodable.stream();
  }

  /** The numbers of records with a NaN or infinite logit, ascending. */
  public IntStream notFinite() {
    return sets.notFinite.stream();
  }

  /** Mean cross-entropy in nats over decodable records; NaN where any is not finite, or of none. */
  public double loss() {
    return loss.mean(sets.withLoss());
  }

  /**
   * Mean cross-entropy in nats with label smoothing as in training: weight 1 − s for the true
   * class, s / (classes − 1) for each other; NaN where {@link #loss} is.
   *
   * @param smoothing s, from 0 to 1
   */
  public double smoothedLoss(double smoothing) {
    return (1 - smoothing) * loss() + smoothing * othersLoss.mean(sets.withLoss());
  }

  /** Expected calibration error; NaN without images that have finite logits. */
  public double calibrationError() {
    return calibration.expectedError();
  }

  /** The calibration bins; bin b of n holds confidences in (b / n, (b + 1) / n]. */
  public List<Bin> calibrationBins() {
    return calibration.bins();
  }

  /** Top-1 hits among the records of one true class. */
  public Proportion ofClass(int label) {
    return new Proportion(confusion.correct(label), confusion.total(label));
  }

  /** Top-1 hits under the best one-to-one renaming of the predicted classes. */
  public Proportion bestMatching() {
    return new Proportion(Matching.right(confusion.counts()), records());
  }

  /** The wrong answers that have a predicted class, in order of record numbers. */
  public List<Mistake> mistakes() {
    return confusion.mistakes();
  }

  /** Whether a record's Top-1 answer is one of several right classes. */
  public boolean answersOneOf(int record, int label, Set<Integer> right) {
    boolean hit = sets.top1.contains(record);
    return right.contains(hit ? label : confusion.predicted(record, Prediction.NONE));
  }

  /** The serialised form: a version byte, then the counts; equal tallies have equal bytes. */
  public byte[] toBytes() {
    return TallyFormat.write(this);
  }

  /** Parses the serialised form; anything else throws without large allocations. */
  public static Tally fromBytes(byte[] bytes) throws IOException {
    return TallyFormat.read(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tally tally && Arrays.equals(toBytes(), tally.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "%s: %s of %d".formatted(checkpoint, top1().correct(), records());
  }
}
