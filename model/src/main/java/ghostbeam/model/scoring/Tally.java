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
 * merge in any order and grouping to the same bytes: bitmaps unite, counts add, and losses add as
 * whole multiples of 2⁻³² nat. {@link #empty()} is the neutral element. Ratios are taken at the
 * end, never before.
 *
 * <p>Mutable and not thread-safe; equal where the {@linkplain #toBytes() bytes} are.
 */
public final class Tally {
  /**
   * One calibration bin.
   *
   * @param count images whose confidence falls into it
   * @param correct Top-1 hits among them
   * @param confidence sum of their confidences
   */
  public record Bin(long count, long correct, double confidence) {}

  /** One wrong answer: a record's number, its true class, and the class it was taken for. */
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

  /** The neutral element of {@link #plus}: of no checkpoint, no record. */
  public static Tally empty() {
    return new Tally("", 0, false);
  }

  /**
   * A checkpoint's tally of no record yet.
   *
   * @param checkpoint its name in the report, not empty
   * @param classes that the data has, at least 1, which are all that the checkpoint knows
   */
  public static Tally of(String checkpoint, int classes) {
    return of(checkpoint, classes, false);
  }

  /** The same of one that may know more classes than the data has. */
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
   * Counts one scored image. A row with a logit that is not finite is a wrong answer without loss.
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
   * The same of a network with an order of classes, or further ones, of its own. An answer that the
   * data has no class for is wrong without being taken for one.
   *
   * @param label the data's
   * @param logits in the network's order, of all its classes
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
   * Counts an image that no codec reads as a wrong answer, without loss or confidence.
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
   * The tally of both sides' records, as a new one or as either side where the other is of no
   * checkpoint; this side may be changed and must not be used again, the other never changes.
   *
   * @throws CoverageException where a record is in both
   * @throws IllegalArgumentException where the sides are of different checkpoints
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

  /** The same counts under another name: for a checkpoint file that is a copy of another. */
  public Tally named(String name) {
    Tally copy = empty().plus(this);
    copy.checkpoint = name;
    return copy;
  }

  /**
   * Checks that every record from 0 to {@code records} − 1 was counted, and none else.
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

  /** Records counted. */
  public long records() {
    return sets.seen.getLongCardinality();
  }

  public Proportion top1() {
    return new Proportion(sets.top1.getLongCardinality(), records());
  }

  /** Whether the network knows classes that the data has not. */
  public boolean knowsMore() {
    return sets.inDataset != null;
  }

  /** Top-1 over the data's classes alone; null where the network knows no others. */
  public Proportion top1InDataset() {
    return knowsMore() ? new Proportion(sets.inDataset.getLongCardinality(), records()) : null;
  }

  /** Numbers of the records that are Top-1 hits, as a copy. */
  public RoaringBitmap top1Records() {
    return sets.top1.clone();
  }

  /** True class among the five greatest logits; all, where there are no more than five classes. */
  public Proportion top5() {
    return new Proportion(sets.top5.getLongCardinality(), records());
  }

  /** Numbers of the records that no codec reads, ascending. */
  public IntStream undecodable() {
    return sets.undecodable.stream();
  }

  /** Numbers of the records for which a logit was NaN or infinite, ascending. */
  public IntStream notFinite() {
    return sets.notFinite.stream();
  }

  /** Mean cross-entropy in nats over decodable records; NaN where one is not finite or none is. */
  public double loss() {
    return loss.mean(sets.withLoss());
  }

  /**
   * Mean cross-entropy in nats with label smoothing as in training: the true class weighs 1 − s,
   * each other one s / (classes − 1); NaN where {@link #loss} is.
   *
   * @param smoothing s, from 0 to 1
   */
  public double smoothedLoss(double smoothing) {
    return (1 - smoothing) * loss() + smoothing * othersLoss.mean(sets.withLoss());
  }

  /** Expected calibration error; NaN without an image that has finite logits. */
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

  /** Top-1 hits if each predicted class were called what it most likely stands for. */
  public Proportion bestMatching() {
    return new Proportion(Matching.right(confusion.counts()), records());
  }

  /** The wrong answers that name a class, in order of record numbers. */
  public List<Mistake> mistakes() {
    return confusion.mistakes();
  }

  /** Whether the Top-1 answer to a record of a label is one of several right classes. */
  public boolean answersOneOf(int record, int label, Set<Integer> right) {
    boolean hit = sets.top1.contains(record);
    return right.contains(hit ? label : confusion.predicted(record, Prediction.NONE));
  }

  /** The wire form: a version byte, then the counts; equal tallies have equal bytes. */
  public byte[] toBytes() {
    return TallyFormat.write(this);
  }

  /** Reads the wire form; anything else throws without large allocations. */
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
