package ghostbeam.model.scoring;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The metrics of a checkpoint, in the order of report.json. To add one, add a constant here: it is
 * written to report.json and report.csv, shown where its {@link Shown} says, and usable in gates.
 */
@SuppressWarnings("ImmutableEnumChecker") // stateless
public enum Metric {
  RECORDS("records", "records", Form.COUNT, true, Shown.NOWHERE, t -> Fraction.of(t.records())),
  TOP1("top1", "Top-1 %", Form.PROPORTION, true, Shown.IN_TABLES, t -> Fraction.of(t.top1())),
  TOP5("top5", "Top-5 %", Form.PROPORTION, true, Shown.IN_TABLES, t -> Fraction.of(t.top5())),
  /** Top-1 among the data's classes alone, where the network knows more classes. */
  TOP1_IN_DATASET(
      "top1InDataset",
      "in-dataset %",
      Form.PROPORTION,
      true,
      Shown.IN_TABLES,
      t -> t.knowsMore() ? Fraction.of(t.top1InDataset()) : null),
  /** What Top-1 would be with equally many records of each class. */
  CLASS_ACCURACY(
      "classAccuracy", "class mean %", Form.SHARE, true, Shown.IN_TABLES, Metric::meanOfClasses),
  LOSS("loss", "loss", Form.NATS, false, Shown.IN_TABLES, t -> Fraction.of(t.loss())),
  CALIBRATION_ERROR(
      "calibrationError",
      "calibration %",
      Form.SHARE,
      false,
      Shown.ON_THE_PAGE,
      t -> Fraction.of(t.calibrationError())),
  /** A property of the network, not of its tally. */
  PARAMETERS("parameters", "parameters", Form.COUNT, false, Shown.NOWHERE, null),
  SMOOTHED_LOSS(
      "smoothedLoss",
      "smoothed loss",
      Form.NATS,
      false,
      Shown.NOWHERE,
      t -> Fraction.of(t.smoothedLoss(Metric.SMOOTHING))),
  NOT_FINITE(
      "notFinite",
      "not finite",
      Form.COUNT,
      false,
      Shown.NOWHERE,
      t -> Fraction.of(t.notFinite().count())),
  /** Top-1 by other labels than the tally's, counted where those are known. */
  REAL("real", "ReaL %", Form.PROPORTION_OF_SOME, true, Shown.IN_TABLES, null);

  /** The original recipe's label smoothing. */
  private static final double SMOOTHING = 0.1;

  /** The kind of a metric's values. */
  public enum Form {
    /** Right answers over records. */
    PROPORTION("%.2f", 100, "–"),
    /** Right answers over those records that the metric applies to. */
    PROPORTION_OF_SOME("%.2f", 100, "–"),
    /** From 0 to 1. */
    SHARE("%.2f", 100, "–"),
    NATS("%.4f", 1, "not finite"),
    COUNT("%.0f", 1, "–");

    private final String format;
    private final int times;
    private final String absent;

    Form(String format, int times, String absent) {
      this.format = format;
      this.times = times;
      this.absent = absent;
    }

    /** Whether values lie between 0 and 1. */
    public boolean isShare() {
      return times == 100;
    }

    /** A value for readers, fractions as percentages; null for a missing one. */
    public String text(Fraction figure) {
      return figure == null
          ? absent
          : String.format(Locale.ROOT, format, times * figure.toDouble());
    }
  }

  /** Where a metric is shown to readers; report.json and report.csv have all. */
  public enum Shown {
    NOWHERE,
    /** In report.html. */
    ON_THE_PAGE,
    /** In report.html, in report.md and on the terminal. */
    IN_TABLES
  }

  private final String key;
  private final String title;
  private final Form form;
  private final boolean higherIsBetter;
  private final Shown shown;

  /** Null where tallies do not have it. */
  private final Function<Tally, Fraction> value;

  Metric(
      String key,
      String title,
      Form form,
      boolean higherIsBetter,
      Shown shown,
      Function<Tally, Fraction> value) {
    this.key = key;
    this.title = title;
    this.form = form;
    this.higherIsBetter = higherIsBetter;
    this.shown = shown;
    this.value = value;
  }

  /** Its name in report.json and in gates' rules. */
  public String key() {
    return key;
  }

  /** The heading of its column. */
  public String title() {
    return title;
  }

  public Form form() {
    return form;
  }

  /** Whether only some data or networks have it; files leave it out where it is missing. */
  public boolean isOptional() {
    return this == REAL || this == TOP1_IN_DATASET;
  }

  /** Whether it is computed from tallies. */
  public boolean isOfTally() {
    return value != null;
  }

  /** A tally's value; null where it has none. */
  public Fraction of(Tally tally) {
    return value == null ? null : value.apply(tally);
  }

  /** Better values first, missing ones last. */
  public Comparator<Fraction> bestFirst() {
    Comparator<Fraction> rising = Comparator.naturalOrder();
    return Comparator.nullsLast(higherIsBetter ? rising.reversed() : rising);
  }

  /** The mean of Top-1 over the classes that have records; exact where all have equally many. */
  private static Fraction meanOfClasses(Tally tally) {
    List<Proportion> classes =
        IntStream.range(0, tally.classes())
            .mapToObj(tally::ofClass)
            .filter(ofClass -> ofClass.total() > 0)
            .toList();
    if (classes.stream().mapToLong(Proportion::total).distinct().count() == 1) {
      return Fraction.of(tally.top1());
    }
    return Fraction.of(classes.stream().mapToDouble(Proportion::rate).average().orElse(Double.NaN));
  }

  /** The metrics shown in a place, those where higher is better first. */
  public static List<Metric> shown(Shown where) {
    return Arrays.stream(values())
        .filter(metric -> metric.shown.compareTo(where) >= 0)
        .sorted(Comparator.comparing(metric -> !metric.higherIsBetter))
        .toList();
  }
}
