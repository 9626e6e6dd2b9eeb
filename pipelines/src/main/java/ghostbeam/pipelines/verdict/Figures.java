package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.scoring.Fraction;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * A checkpoint's figures, as in report.json.
 *
 * @param byMetric those that exist: a loss does not where a logit was not finite
 */
public record Figures(Map<Metric, Fraction> byMetric) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A proportion in JSON; {@code records} only if it is not of all records. */
  private record Score(
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long records,
      long correct,
      double rate,
      double low,
      double high) {
    static Score of(long records, Proportion hits) {
      return new Score(records, hits.correct(), hits.rate(), hits.low(), hits.high());
    }
  }

  /** Figures of a tally and of a network's number of trainable parameters, 0 if unknown. */
  public static Figures of(Tally tally, long parameters) {
    Map<Metric, Fraction> known =
        parameters == 0 ? Map.of() : Map.of(Metric.PARAMETERS, Fraction.of(parameters));
    return new Figures(known).with(tally);
  }

  /** The same, with the figures of another tally. */
  Figures with(Tally tally) {
    Map<Metric, Fraction> all = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      Fraction figure = metric.isOfTally() ? metric.of(tally) : get(metric);
      if (figure != null) {
        all.put(metric, figure);
      }
    }
    return new Figures(all);
  }

  /** The same with another count of ReaL answers, or with null for none. */
  Figures withReal(Proportion real) {
    Map<Metric, Fraction> all = new EnumMap<>(byMetric);
    all.remove(Metric.REAL);
    if (real != null && real.total() > 0) {
      all.put(Metric.REAL, Fraction.of(real));
    }
    return new Figures(all);
  }

  /** The exact figure; null if there is none. */
  public Fraction get(Metric metric) {
    return byMetric.get(metric);
  }

  /** Whether it lacks a figure that every tally gives, as a report of an earlier version does. */
  boolean isOlderThan(Metric metric) {
    boolean always = metric.form() != Metric.Form.NATS && !metric.isOptional();
    return always && get(metric) == null;
  }

  /** The figure as a proportion; null if there is none. */
  Proportion proportion(Metric metric) {
    Fraction figure = get(metric);
    return figure == null ? null : figure.toProportion();
  }

  /** A whole number; 0 if there is none. */
  public long count(Metric metric) {
    Fraction figure = get(metric);
    return figure == null ? 0 : figure.number().longValueExact();
  }

  /** Formatted for people. */
  String text(Metric metric) {
    return metric.form().text(get(metric));
  }

  /** Key for sorting by a figure; empty if there is none. */
  String sortsBy(Metric metric) {
    Object value = json(metric);
    return value instanceof Score score
        ? Long.toString(score.correct)
        : value == null ? "" : value.toString();
  }

  /** Removes all figures from a row and returns them. */
  static Figures take(ObjectNode row) throws JsonProcessingException {
    long records = row.path(Metric.RECORDS.key()).asLong();
    Map<Metric, Fraction> figures = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      JsonNode json = row.remove(metric.key());
      Fraction figure = json == null || json.isNull() ? null : read(metric, json, records);
      if (figure != null) {
        figures.put(metric, figure);
      }
    }
    return new Figures(figures);
  }

  private static Fraction read(Metric metric, JsonNode json, long records)
      throws JsonProcessingException {
    return switch (metric.form()) {
      case PROPORTION -> proportion(JSON.treeToValue(json, Score.class).correct, records);
      case PROPORTION_OF_SOME -> {
        Score score = JSON.treeToValue(json, Score.class);
        yield proportion(score.correct, score.records);
      }
      case SHARE, NATS -> Fraction.of(JSON.treeToValue(json, Double.class).doubleValue());
      case COUNT -> Fraction.of(JSON.treeToValue(json, Long.class).longValue());
    };
  }

  /** Not validated yet: a file may hold impossible values. */
  private static Fraction proportion(long correct, long records) {
    return records < 1 ? null : new Fraction(BigDecimal.valueOf(correct), records);
  }

  /** Puts some figures into a row: null for a missing one, nothing for a missing optional one. */
  void put(Map<String, Object> row, Collection<Metric> metrics) {
    for (Metric metric : metrics) {
      if (!metric.isOptional() || get(metric) != null) {
        row.put(metric.key(), json(metric));
      }
    }
  }

  private Object json(Metric metric) {
    Fraction figure = get(metric);
    return figure == null
        ? null
        : switch (metric.form()) {
          case PROPORTION -> Score.of(0, figure.toProportion());
          case PROPORTION_OF_SOME -> Score.of(figure.over(), figure.toProportion());
          case SHARE, NATS -> figure.toDouble();
          case COUNT -> figure.number().longValueExact();
        };
  }
}
