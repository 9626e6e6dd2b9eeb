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
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.transforms.evaluation.Candidate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
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

  private static final Set<String> NAMES = Set.of("name", "uri", "preprocessing", "tied");

  private static final ObjectMapper JSON = new ObjectMapper();

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
   * @param architecture its network's name
   * @param weights {@code raw} or {@code ema}
   * @param epoch epochs trained
   * @param step optimiser steps trained
   * @param trainedOn digest of the training data, or empty
   * @param recipe settings of the training but for the network; null where the file has none
   * @param classes {@code by position} where its classes or the data's are only numbers; null where
   *     they have the same names
   */
  public record Origin(
      String digest,
      String architecture,
      String weights,
      int epoch,
      long step,
      String trainedOn,
      JsonNode recipe,
      String classes) {
    /** What {@link #classes} is where there are names on one side only, or on none. */
    public static final String BY_POSITION = "by position";
  }

  /**
   * How it did beside the others.
   *
   * @param versusBest null before the ranking, and where it left a race: {@code partial} says who
   *     beat it
   * @param partial why it left a race before it saw every record; null where it saw all
   */
  public record Standing(Comparison versusBest, Defeat partial) {
    /** Of one that saw every record and is not ranked yet. */
    public static final Standing NONE = new Standing(null, null);
  }

  /** What decides the scores: the same file, seen the same way. */
  public record Identity(String digest, Report.Preprocessing preprocessing) {}

  /** An identity and what it scored, under no name of its own. */
  public record Content(Identity identity, Tally tally) {}

  /**
   * A candidate with its scores, which may be those of a copy of its file; not ranked yet.
   *
   * @param info what its file says
   * @param classes of the data
   * @param batchSize images that were scored together
   */
  public static Row of(
      Candidate candidate, CheckpointInfo info, List<String> classes, int batchSize, Tally tally) {
    return new Row(
        candidate.name(),
        candidate.path(),
        new Origin(
            candidate.digest(),
            info.architecture().name(),
            info.weights().title(),
            info.training().epoch(),
            info.training().step(),
            info.training().dataset(),
            recipe(info.training().recipe()),
            info.classes().equals(classes) ? null : Origin.BY_POSITION),
        new Report.Preprocessing(
            candidate.view().inputSize(),
            candidate.view().cropFraction(),
            candidate.view().interpolation().title(),
            candidate.precision().title(),
            candidate.precision() == Precision.BF16 ? batchSize : null),
        Figures.of(tally, Outline.of(info.architecture()).trainableParameters()),
        Standing.NONE,
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
    Standing standing = take(json, Standing.class, "versusBest", "partial");
    Report.Preprocessing preprocessing =
        JSON.treeToValue(json.path("preprocessing"), Report.Preprocessing.class);
    String name = json.path("name").asText(null);
    String uri = json.path("uri").asText(null);
    Origin origin = JSON.treeToValue(json.without(NAMES), Origin.class);
    return new Row(name, uri, origin, preprocessing, figures, standing, null);
  }

  /** A part whose fields stand among the row's. */
  private static <T> T take(ObjectNode json, Class<T> type, String... fields)
      throws JsonProcessingException {
    ObjectNode part = JSON.createObjectNode();
    for (String field : fields) {
      part.set(field, json.remove(field));
    }
    return JSON.treeToValue(part, type);
  }

  @JsonValue
  Map<String, Object> write() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("uri", uri);
    json.put("digest", origin.digest);
    json.put("architecture", origin.architecture);
    json.put("weights", origin.weights);
    json.put("epoch", origin.epoch);
    json.put("step", origin.step);
    figures.put(json, SCORES);
    json.put("preprocessing", preprocessing);
    json.put("versusBest", versusBest());
    json.put("tied", tied());
    figures.put(json, DETAILS);
    json.put("trainedOn", origin.trainedOn);
    json.put("recipe", origin.recipe);
    if (figures.get(Metric.REAL) != null) {
      figures.put(json, Set.of(Metric.REAL));
    }
    if (origin.classes != null) {
      json.put("classes", origin.classes);
    }
    if (!complete()) {
      json.put("partial", partial());
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
    return versusBest() != null && versusBest().tied();
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
    return with(new Standing(versusBest(), race));
  }

  /** The same where its conqueror in a race is now called otherwise. */
  public Row beatenBy(UnaryOperator<String> names) {
    return complete() ? this : leaving(partial().by(names.apply(partial().beatenBy())));
  }

  /** The same in a ranking. */
  Row versus(Comparison best) {
    return with(new Standing(best, partial()));
  }

  private Row with(Standing now) {
    return new Row(name, uri, origin, preprocessing, figures, now, tally);
  }
}
