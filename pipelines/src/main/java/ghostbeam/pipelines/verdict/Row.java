package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.inference.ModelInfo;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.transforms.evaluation.Candidate;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A checkpoint's row in report.json, with its tally.
 *
 * @param uri its file
 * @param preprocessing how images were prepared for it
 * @param standing {@link Standing#NONE} before the ranking
 * @param tally its scores under its name; null if only report.json was read
 */
public record Row(
    String name,
    String uri,
    Origin origin,
    Report.Preprocessing preprocessing,
    Figures figures,
    Standing standing,
    Tally tally) {

  /** The figures written before {@code preprocessing}. */
  public static final Set<Metric> SCORES = EnumSet.range(Metric.RECORDS, Metric.CALIBRATION_ERROR);

  /** The figures written after {@code tied}: all others except ReaL's, which has its own place. */
  public static final Set<Metric> DETAILS = details();

  private static Set<Metric> details() {
    Set<Metric> details = EnumSet.allOf(Metric.class);
    details.removeAll(SCORES);
    details.remove(Metric.REAL);
    return details;
  }

  /**
   * Where the checkpoint comes from.
   *
   * @param digest of the file
   * @param architecture its network's name, or a note that it is a TorchScript module
   * @param weights {@code raw} or {@code ema}; empty for a module that does not say
   * @param epoch epochs trained
   * @param step optimiser steps trained
   * @param trainedOn digest of the training data, or empty
   * @param recipe settings of the training except the network; null if the file has none
   * @param classes {@code by position} if its classes or the data's are only numbers; null if they
   *     are matched by name
   * @param meanOf for a mean of checkpoints' weights; null for weights as trained
   * @param moduleClasses file that named the classes of a module that does not; null if there was
   *     none
   */
  public record Origin(
      String digest,
      String architecture,
      String weights,
      int epoch,
      long step,
      String trainedOn,
      JsonNode recipe,
      String classes,
      MeanOf meanOf,
      Report.ClassFile moduleClasses) {
    /** Value of {@link #classes} if not both sides have names. */
    public static final String BY_POSITION = "by position";
  }

  /**
   * The checkpoints whose mean {@code average} wrote.
   *
   * @param checkpoints how many
   * @param chosenOnThisSplit whether they, or the parts of one of them, were chosen by scores on
   *     the very images scored here, so that its own scores here are too good
   */
  public record MeanOf(int checkpoints, boolean chosenOnThisSplit) {
    static MeanOf of(CheckpointInfo.Average average, Manifest data) {
      return average == null
          ? null
          : new MeanOf(average.parts().size(), average.isChosenOn(data.digest()));
    }
  }

  /**
   * How it compares with the others.
   *
   * @param versusBest null before the ranking and if it was dropped from a race; {@code partial}
   *     then says what beat it
   * @param partial why it was dropped from a race; null if it saw every record
   * @param inDataset comparison among the data's classes alone, with the best of those that know
   *     more; null if it knows no more or is not ranked
   */
  public record Standing(Comparison versusBest, Defeat partial, Comparison inDataset) {
    /** For a row that saw every record and is not ranked yet. */
    public static final Standing NONE = new Standing(null, null);

    public Standing(Comparison versusBest, Defeat partial) {
      this(versusBest, partial, null);
    }
  }

  /** What determines the scores: a file and its preprocessing. */
  public record Identity(String digest, Report.Preprocessing preprocessing) {}

  /** An identity and its scores, without a name. */
  public record Content(Identity identity, Tally tally) {}

  /**
   * A candidate with its scores, which may be those of a copy of its file; not ranked yet.
   *
   * @param info metadata of its file
   * @param data what was scored
   * @param moduleClasses file that names the classes of modules that do not; null if there is none
   * @param batchSize images scored together
   */
  public static Row of(
      Candidate candidate,
      ModelInfo info,
      Report.ClassFile moduleClasses,
      Manifest data,
      int batchSize,
      Tally tally) {
    return new Row(
        candidate.name(),
        candidate.path(),
        new Origin(
            candidate.digest(),
            info.title(),
            info.weights().map(WeightKind::title).orElse(""),
            info.training().epoch(),
            info.training().step(),
            info.training().dataset(),
            RowJson.recipe(info.training().recipe()),
            LabelMapping.byPosition(data.classes(), info.classes()) ? Origin.BY_POSITION : null,
            MeanOf.of(info.training().average(), data),
            info.isForeign() ? moduleClasses : null),
        Report.Preprocessing.of(candidate, info.module(), batchSize),
        Figures.of(tally, info.parameters()),
        Standing.NONE,
        tally.named(candidate.name()));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Row read(ObjectNode json) throws JsonProcessingException {
    return RowJson.read(json);
  }

  @JsonValue
  Map<String, Object> write() {
    return RowJson.write(this);
  }

  /** A figure, formatted for people. */
  public String text(Metric metric) {
    return figures.text(metric);
  }

  /** Key for sorting rows by a figure; empty if there is none. */
  public String sortsBy(Metric metric) {
    return figures.sortsBy(metric);
  }

  /** Images scored: all of the dataset's, or the first ones if it was dropped from a race. */
  public long records() {
    return figures.count(Metric.RECORDS);
  }

  public Proportion top1() {
    return figures.proportion(Metric.TOP1);
  }

  /** Top-1 among the data's classes alone; null if the network knows no others. */
  public Proportion inDataset() {
    return figures.proportion(Metric.TOP1_IN_DATASET);
  }

  public Proportion top5() {
    return figures.proportion(Metric.TOP5);
  }

  /** Top-1 by ReaL labels, of the records that have any; null if none were given. */
  public Proportion real() {
    return figures.proportion(Metric.REAL);
  }

  /** Whether it is not distinguishable from the best at 5 %, as the best itself is not. */
  public boolean tied() {
    return versusBest() != null && versusBest().tied();
  }

  /** Whether it is a mean of checkpoints that were chosen on the images scored here. */
  public boolean chosenHere() {
    return origin.meanOf != null && origin.meanOf.chosenOnThisSplit;
  }

  /** Whether it was scored on every record. */
  public boolean complete() {
    return partial() == null;
  }

  /** Its comparison with the best; null if it is not ranked. */
  public Comparison versusBest() {
    return standing.versusBest;
  }

  /** Why it was dropped from a race; null if it saw every record. */
  public Defeat partial() {
    return standing.partial;
  }

  /** What determines the scores. */
  public Identity identity() {
    return new Identity(origin.digest, preprocessing);
  }

  /**
   * Rows with equal content are copies. Rows with only equal identity, scored on different
   * machines, need not be: bf16 rounds as the processor does, and codecs may differ in a pixel.
   */
  public Content content() {
    return new Content(identity(), tally.named("copy"));
  }

  /** The folder of the training that the file is of, without {@code checkpoints/}. */
  public String training() {
    return TrainingFolder.of(uri).path();
  }

  /** The same under another name. */
  public Row named(String other) {
    return new Row(other, uri, origin, preprocessing, figures, standing, tally.named(other));
  }

  /** The same with its tally, whose figures it takes. */
  public Row with(Tally scores) {
    return new Row(name, uri, origin, preprocessing, figures.with(scores), standing, scores);
  }

  /** The same with another count by ReaL labels, or null for none. */
  public Row withReal(Proportion real) {
    return new Row(name, uri, origin, preprocessing, figures.withReal(real), standing, tally);
  }

  /** The same as dropped from a race, or as not dropped if null. */
  public Row withDefeat(Defeat race) {
    return with(new Standing(versusBest(), race, standing.inDataset));
  }

  /** The same, with the checkpoint that beat it in a race renamed. */
  public Row beatenBy(UnaryOperator<String> names) {
    return complete() ? this : withDefeat(partial().by(names.apply(partial().beatenBy())));
  }

  /** The same, with its comparisons in a ranking. */
  Row versus(Comparison best, Comparison inDataset) {
    return with(new Standing(best, partial(), inDataset));
  }

  private Row with(Standing now) {
    return new Row(name, uri, origin, preprocessing, figures, now, tally);
  }
}
