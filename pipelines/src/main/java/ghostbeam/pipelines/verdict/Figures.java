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
 * The figures of one checkpoint, as report.json has them.
 *
 * @param byMetric those that exist: a loss does not where a logit was not finite
 */
public record Figures(Map<Metric, Fraction> byMetric) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A proportion in JSON; {@code records} only where it is not of all. */
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

  /** Of a tally and of a network of so many trainable numbers, or 0 where that is not known. */
  public static Figures of(Tally tally, long parameters) {
    Map<Metric, Fraction> known =
        parameters == 0 ? Map.of() : Map.of(Metric.PARAMETERS, Fraction.of(parameters));
    return new Figures(known).with(tally);
  }

  /** The same, with what a tally says anew. */
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

  /** The exact figure; null where there is none. */
  public Fraction get(Metric metric) {
    return byMetric.get(metric);
  }

  /** Whether it lacks a figure that every tally gives: an earlier version's report does. */
  boolean isOlderThan(Metric metric) {
    boolean always = metric.form() != Metric.Form.NATS && !metric.isOptional();
    return always && get(metric) == null;
  }

  /** So many right answers; null where there is none. */
  Proportion proportion(Metric metric) {
    Fraction figure = get(metric);
    return figure == null ? null : figure.toProportion();
  }

  /** A whole number; 0 where there is none. */
  public long count(Metric metric) {
    Fraction figure = get(metric);
    return figure == null ? 0 : figure.number().longValueExact();
  }

  /** As a reader sees it. */
  String text(Metric metric) {
    return metric.form().text(get(metric));
  }

  /** What sorts checkpoints by a figure; empty where there is none. */
  String sortsBy(Metric metric) {
    Object value = json(metric);
    return value instanceof Score score
        ? Long.toString(score.correct)
        : value == null ? "" : value.toString();
  }

  /** Takes all figures out of a row. */
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

  /** Not held to anything yet: a file may say what cannot be. */
  private static Fraction proportion(long correct, long records) {
    return records < 1 ? null : new Fraction(BigDecimal.valueOf(correct), records);
  }

  /** Puts some figures into a row; null where there is none, or nothing of an optional one. */
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
