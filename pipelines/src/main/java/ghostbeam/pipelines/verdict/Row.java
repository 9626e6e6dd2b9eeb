package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.network.Outline;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.transforms.evaluation.Candidate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A checkpoint in report.json, with its tally beside it.
 *
 * @param uri its file
 * @param digest of the file
 * @param architecture its network's name
 * @param weights {@code raw} or {@code ema}
 * @param epoch epochs trained
 * @param step optimiser steps trained
 * @param preprocessing how it saw images
 * @param versusBest null before the ranking, and where it left a race: {@code partial} says who
 *     beat it
 * @param trainedOn digest of the training data, or empty
 * @param recipe settings of the training but for the network; null where the file has none
 * @param partial why it left a race before it saw every record; null where it saw all
 * @param tally its scores under its name; null where report.json alone was read
 */
public record Row(
    String name,
    String uri,
    String digest,
    String architecture,
    String weights,
    int epoch,
    long step,
    Figures figures,
    Report.Preprocessing preprocessing,
    Comparison versusBest,
    String trainedOn,
    JsonNode recipe,
    Partial partial,
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

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What decides the scores: the same file, seen the same way. */
  public record Identity(String digest, Report.Preprocessing preprocessing) {}

  /** An identity and what it scored, under no name of its own. */
  public record Content(Identity identity, Tally tally) {}

  /** The parts of report.json that are no figures. */
  private record Facts(
      String name,
      String uri,
      String digest,
      String architecture,
      String weights,
      int epoch,
      long step,
      Report.Preprocessing preprocessing,
      Comparison versusBest,
      boolean tied,
      String trainedOn,
      JsonNode recipe,
      Partial partial) {}

  /**
   * A candidate with its scores, which may be those of a copy of its file; not ranked yet.
   *
   * @param info what its file says
   * @param batchSize images that were scored together
   */
  public static Row of(Candidate candidate, CheckpointInfo info, int batchSize, Tally tally) {
    return new Row(
        candidate.name(),
        candidate.path(),
        candidate.digest(),
        info.architecture().name(),
        info.weights(),
        info.epoch(),
        info.step(),
        Figures.of(tally, Outline.of(info.architecture()).trainableParameters()),
        new Report.Preprocessing(
            candidate.view().inputSize(),
            candidate.view().cropFraction(),
            candidate.view().interpolation().title(),
            candidate.precision().title(),
            candidate.precision() == Precision.BF16 ? batchSize : null),
        null,
        info.dataset(),
        recipe(info.recipe()),
        null,
        tally.named(candidate.name()));
  }

  /** The settings but for the network, which has its own fields; null where there are none. */
  private static JsonNode recipe(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode settings
          ? settings.without("architecture")
          : null;
    } catch (JsonProcessingException e) {
      return null; // another tool's recipe, in words
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Row read(ObjectNode json) throws JsonProcessingException {
    Figures figures = Figures.take(json);
    Facts facts = JSON.treeToValue(json, Facts.class);
    return new Row(
        facts.name,
        facts.uri,
        facts.digest,
        facts.architecture,
        facts.weights,
        facts.epoch,
        facts.step,
        figures,
        facts.preprocessing,
        facts.versusBest,
        facts.trainedOn,
        facts.recipe,
        facts.partial,
        null);
  }

  @JsonValue
  Map<String, Object> write() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("uri", uri);
    json.put("digest", digest);
    json.put("architecture", architecture);
    json.put("weights", weights);
    json.put("epoch", epoch);
    json.put("step", step);
    figures.put(json, SCORES);
    json.put("preprocessing", preprocessing);
    json.put("versusBest", versusBest);
    json.put("tied", tied());
    figures.put(json, DETAILS);
    json.put("trainedOn", trainedOn);
    json.put("recipe", recipe);
    if (figures.get(Metric.REAL) != null) {
      figures.put(json, Set.of(Metric.REAL));
    }
    if (partial != null) {
      json.put("partial", partial);
    }
    return json;
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

  public Proportion top5() {
    return figures.proportion(Metric.TOP5);
  }

  /** Top-1 by ReaL labels, of the records that have any; null where none were given. */
  public Proportion real() {
    return figures.proportion(Metric.REAL);
  }

  /** Whether it is not distinguishable from the best at 5 %, as the best itself is not. */
  public boolean tied() {
    return versusBest != null && versusBest.tied();
  }

  /** Whether it was scored on every record. */
  public boolean complete() {
    return partial == null;
  }

  /** What decides the scores. */
  public Identity identity() {
    return new Identity(digest, preprocessing);
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
    String folder = uri.contains("/") ? uri.substring(0, uri.lastIndexOf('/')) : "";
    return folder.replaceFirst("(^|/)checkpoints$", "");
  }

  /** The same under another name. */
  public Row named(String other) {
    return with(other, figures, versusBest, partial, tally.named(other));
  }

  /** The same with its tally, whose figures it takes. */
  public Row with(Tally scores) {
    return with(name, figures.with(scores), versusBest, partial, scores);
  }

  /** The same with another count of ReaL answers, or with null for none. */
  public Row withReal(Proportion real) {
    return with(name, figures.withReal(real), versusBest, partial, tally);
  }

  /** The same as it left a race, or as it did not where that is null. */
  public Row leaving(Partial race) {
    return with(name, figures, versusBest, race, tally);
  }

  /** The same where its conqueror in a race is now called otherwise. */
  public Row beatenBy(UnaryOperator<String> names) {
    return complete() ? this : leaving(partial.by(names.apply(partial.beatenBy())));
  }

  /** The same in a ranking. */
  Row versus(Comparison best) {
    return with(name, figures, best, partial, tally);
  }

  private Row with(
      String newName, Figures newFigures, Comparison best, Partial race, Tally newTally) {
    return new Row(
        newName,
        uri,
        digest,
        architecture,
        weights,
        epoch,
        step,
        newFigures,
        preprocessing,
        best,
        trainedOn,
        recipe,
        race,
        newTally);
  }
}
