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
 * A checkpoint in report.json, with its tally beside it.
 *
 * @param uri its file
 * @param preprocessing how it saw images
 * @param standing {@link Standing#NONE} before the ranking
 * @param tally its scores under its name; null where report.json alone was read
 */
public record Row(
    String name,
    String uri,
    Origin origin,
    Report.Preprocessing preprocessing,
    Figures figures,
    Standing standing,
    Tally tally) {

  /** The figures that stand before {@code preprocessing}. */
  public static final Set<Metric> SCORES = EnumSet.range(Metric.RECORDS, Metric.CALIBRATION_ERROR);

  /** Those behind {@code tied}: all others, but for ReaL's, which has a place of its own. */
  public static final Set<Metric> DETAILS = details();

  private static Set<Metric> details() {
    Set<Metric> details = EnumSet.allOf(Metric.class);
    details.removeAll(SCORES);
    details.remove(Metric.REAL);
    return details;
  }

  /**
   * What the checkpoint's file is.
   *
   * @param digest of the file
   * @param architecture its network's name, or that it is a TorchScript module
   * @param weights {@code raw} or {@code ema}; empty of a module that does not say
   * @param epoch epochs trained
   * @param step optimiser steps trained
   * @param trainedOn digest of the training data, or empty
   * @param recipe settings of the training but for the network; null where the file has none
   * @param classes {@code by position} where its classes or the data's are only numbers; null where
   *     they have the same names
   * @param meanOf of a mean of checkpoints' weights; null of weights as a training left them
   * @param moduleClasses what named the classes of a module that does not; null where nothing did
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
    /** What {@link #classes} is where there are names on one side only, or on none. */
    public static final String BY_POSITION = "by position";
  }

  /**
   * What {@code average} made a mean of.
   *
   * @param checkpoints how many
   * @param chosenOnThisSplit whether scores on the very images scored here decided which, or what
   *     one of them is a mean of, so that its own scores here are too good
   */
  public record MeanOf(int checkpoints, boolean chosenOnThisSplit) {
    static MeanOf of(CheckpointInfo.Average average, Manifest data) {
      return average == null
          ? null
          : new MeanOf(average.parts().size(), average.isChosenOn(data.digest()));
    }
  }

  /**
   * How it did beside the others.
   *
   * @param versusBest null before the ranking, and where it left a race: {@code partial} says who
   *     beat it
   * @param partial why it left a race before it saw every record; null where it saw all
   * @param inDataset with the best among the data's classes alone, of those that know more; null
   *     where it knows no more or is not ranked
   */
  public record Standing(Comparison versusBest, Defeat partial, Comparison inDataset) {
    /** Of one that saw every record and is not ranked yet. */
    public static final Standing NONE = new Standing(null, null);

    public Standing(Comparison versusBest, Defeat partial) {
      this(versusBest, partial, null);
    }
  }

  /** What decides the scores: the same file, seen the same way. */
  public record Identity(String digest, Report.Preprocessing preprocessing) {}

  /** An identity and what it scored, under no name of its own. */
  public record Content(Identity identity, Tally tally) {}

  /**
   * A candidate with its scores, which may be those of a copy of its file; not ranked yet.
   *
   * @param info what is known of its file
   * @param data what was scored
   * @param moduleClasses what names the classes of modules that do not; null where nothing does
   * @param batchSize images that were scored together
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

  /** A figure as a reader sees it. */
  public String text(Metric metric) {
    return figures.text(metric);
  }

  /** What sorts rows by a figure; empty where there is none. */
  public String sortsBy(Metric metric) {
    return figures.sortsBy(metric);
  }

  /** Images scored: all of the dataset's, or the first ones where it left a race. */
  public long records() {
    return figures.count(Metric.RECORDS);
  }

  public Proportion top1() {
    return figures.proportion(Metric.TOP1);
  }

  /** Top-1 among the data's classes alone; null where the network knows no others. */
  public Proportion inDataset() {
    return figures.proportion(Metric.TOP1_IN_DATASET);
  }

  public Proportion top5() {
    return figures.proportion(Metric.TOP5);
  }

  /** Top-1 by ReaL labels, of the records that have any; null where none were given. */
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

  /** Its comparison with the best; null where it is not ranked. */
  public Comparison versusBest() {
    return standing.versusBest;
  }

  /** Why it left a race; null where it saw every record. */
  public Defeat partial() {
    return standing.partial;
  }

  /** What decides the scores. */
  public Identity identity() {
    return new Identity(origin.digest, preprocessing);
  }

  /**
   * What makes rows copies of each other. Two of the same identity, scored on different machines,
   * need not be: bf16 rounds as the processor does, and codecs differ in a pixel.
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

  /** The same with another count of ReaL answers, or with null for none. */
  public Row withReal(Proportion real) {
    return new Row(name, uri, origin, preprocessing, figures.withReal(real), standing, tally);
  }

  /** The same as it left a race, or as it did not where that is null. */
  public Row leaving(Defeat race) {
    return with(new Standing(versusBest(), race, standing.inDataset));
  }

  /** The same where its conqueror in a race is now called otherwise. */
  public Row beatenBy(UnaryOperator<String> names) {
    return complete() ? this : leaving(partial().by(names.apply(partial().beatenBy())));
  }

  /** The same in a ranking. */
  Row versus(Comparison best, Comparison inDataset) {
    return with(new Standing(best, partial(), inDataset));
  }

  private Row with(Standing now) {
    return new Row(name, uri, origin, preprocessing, figures, now, tally);
  }
}
