package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Proportion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import org.apache.beam.sdk.util.ReleaseInfo;

/**
 * {@code report.json}: what the checkpoints of one evaluation scored. It holds no time of the run,
 * so the same files scored again are the same bytes.
 *
 * @param dataset what was scored
 * @param checkpoints best first; after all others those that left a race early
 * @param best name of the first
 * @param gate what the scores had to meet
 * @param software what scored
 * @param oneStandardError the simplest choice that is as good as the best
 * @param averaging raw weights against averaged ones of the same step
 * @param rounding checkpoints scored in float32 and in bf16; absent where there are none
 * @param realLabels digest of the file of ReaL labels; absent where none was given
 * @param undecodable numbers of the records that could not be decoded: wrong answers
 */
@JsonPropertyOrder({
  "dataset",
  "checkpoints",
  "best",
  "gate",
  "software",
  "oneStandardError",
  "averaging",
  "rounding",
  "realLabels",
  "undecodable"
})
public record Report(
    Dataset dataset,
    List<Row> checkpoints,
    String best,
    Gate gate,
    Software software,
    OneStandardError oneStandardError,
    List<Pair> averaging,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Rounding> rounding,
    @JsonInclude(JsonInclude.Include.NON_NULL) String realLabels,
    List<Integer> undecodable) {

  /** Of a report that says nothing of rounding. */
  public Report {
    rounding = rounding == null ? List.of() : List.copyOf(rounding);
  }

  /** The same report with what a gate says of it. */
  public Report with(Gate verdict) {
    return new Report(
        dataset,
        checkpoints,
        best,
        verdict,
        software,
        oneStandardError,
        averaging,
        rounding,
        realLabels,
        undecodable);
  }

  /** The rows of those that saw every record, best first. */
  public List<Row> ranked() {
    return checkpoints.stream().filter(row -> row.partial() == null).toList();
  }

  /** The rows of those that left a race early. */
  public List<Row> dropped() {
    return checkpoints.stream().filter(row -> row.partial() != null).toList();
  }

  /** The row of the best checkpoint. */
  public Row bestRow() {
    return checkpoints.get(0);
  }

  /** A split of a dataset; {@code classes} are the synset names in label order. */
  @JsonPropertyOrder({"uri", "split", "digest", "records", "classes"})
  public record Dataset(
      String uri, String split, String digest, long records, List<String> classes) {}

  /**
   * One checkpoint.
   *
   * @param records images scored: all of the dataset's, or the first ones where it left a race
   * @param loss mean cross-entropy in nats of the images that could be decoded; null where a logit
   *     was not finite
   * @param calibrationError expected calibration error over 15 bins; null where no image had finite
   *     logits
   * @param versusBest null where it left a race: {@code partial} says who beat it
   * @param tied not distinguishable from the best at 5 %, the best itself included
   * @param parameters trainable numbers of the network
   * @param smoothedLoss like {@code loss}, with the original's label smoothing of 0.1
   * @param notFinite records for which a logit was NaN or infinite: wrong answers
   * @param trainedOn digest of the training data, or empty
   * @param recipe settings of the training but for the network; null where the file has none
   * @param real Top-1 by ReaL labels; absent where none were given
   * @param partial why it left a race before it saw every record; absent where it saw all
   */
  @JsonPropertyOrder({
    "name",
    "uri",
    "digest",
    "architecture",
    "weights",
    "epoch",
    "step",
    "records",
    "top1",
    "top5",
    "loss",
    "calibrationError",
    "preprocessing",
    "versusBest",
    "tied",
    "parameters",
    "smoothedLoss",
    "notFinite",
    "trainedOn",
    "recipe",
    "real",
    "partial"
  })
  public record Row(
      String name,
      String uri,
      String digest,
      String architecture,
      String weights,
      int epoch,
      long step,
      long records,
      Score top1,
      Score top5,
      Double loss,
      Double calibrationError,
      Preprocessing preprocessing,
      VersusBest versusBest,
      boolean tied,
      long parameters,
      Double smoothedLoss,
      long notFinite,
      String trainedOn,
      JsonNode recipe,
      @JsonInclude(JsonInclude.Include.NON_NULL) Real real,
      @JsonInclude(JsonInclude.Include.NON_NULL) Partial partial) {}

  /** Right answers, as a fraction of the records, with its Wilson 95 % interval. */
  @JsonPropertyOrder({"correct", "rate", "low", "high"})
  public record Score(long correct, double rate, double low, double high) {
    static Score of(Proportion proportion) {
      return new Score(
          proportion.correct(), proportion.rate(), proportion.low(), proportion.high());
    }
  }

  /**
   * How the checkpoint saw images, as far as scores depend on it.
   *
   * @param interpolation {@code opencv} or {@code pillow}
   * @param precision of its convolutions, {@code float32} or {@code bf16}
   * @param batchSize images that were scored together, in bf16, where rounding depends on it; else
   *     absent
   */
  @JsonPropertyOrder({"inputSize", "cropFraction", "interpolation", "precision", "batchSize"})
  public record Preprocessing(
      int inputSize,
      double cropFraction,
      String interpolation,
      String precision,
      @JsonInclude(JsonInclude.Include.NON_NULL) Integer batchSize) {

    /** Reports from before there was a choice do not say a precision. */
    public Preprocessing {
      precision = precision == null ? "float32" : precision;
    }

    /** The same in float32. */
    Preprocessing inFloat32() {
      return new Preprocessing(inputSize, cropFraction, interpolation, null, null);
    }
  }

  /** McNemar's mid-p test against the best, and its value after Holm's correction. */
  @JsonPropertyOrder({"onlyThis", "onlyBest", "p", "pHolm"})
  public record VersusBest(long onlyThis, long onlyBest, double p, double pHolm) {
    static VersusBest of(Comparison comparison) {
      return new VersusBest(
          comparison.onlyThis(), comparison.onlyBest(), comparison.p(), comparison.pHolm());
    }
  }

  /**
   * Right answers where any of several labels is right (Beyer et al. 2020), as a fraction of the
   * {@code records} that have a label, with its Wilson 95 % interval.
   */
  @JsonPropertyOrder({"records", "correct", "rate", "low", "high"})
  public record Real(long records, long correct, double rate, double low, double high) {
    static Real of(Proportion real) {
      return real == null
          ? null
          : new Real(real.total(), real.correct(), real.rate(), real.low(), real.high());
    }
  }

  /**
   * Raw and averaged weights of one training after the same step.
   *
   * @param onlyRaw records that only the raw weights get right
   * @param p McNemar's mid-p, {@code pHolm} after Holm's correction over all pairs
   */
  @JsonPropertyOrder({"raw", "averaged", "epoch", "onlyRaw", "onlyAveraged", "p", "pHolm"})
  public record Pair(
      String raw,
      String averaged,
      int epoch,
      long onlyRaw,
      long onlyAveraged,
      double p,
      double pHolm) {
    static Pair of(Entrant raw, Entrant averaged, Comparison comparison) {
      return new Pair(
          raw.name(),
          averaged.name(),
          raw.epoch(),
          comparison.onlyBest(),
          comparison.onlyThis(),
          comparison.p(),
          comparison.pHolm());
    }
  }

  /**
   * The choice by the one-standard-error rule (Breiman et al. 1984): among the checkpoints whose
   * Top-1 is at least the best's less one standard error of it, the one with the fewest parameters,
   * then the fewest steps, then the first of the ranking.
   */
  @JsonPropertyOrder({"standardError", "atLeast", "choice"})
  public record OneStandardError(double standardError, double atLeast, String choice) {
    static OneStandardError of(List<Entrant> ranked) {
      Proportion best = ranked.get(0).tally().top1();
      double atLeast = best.rate() - best.standardError();
      Entrant choice =
          ranked.stream()
              .filter(entrant -> entrant.tally().top1().rate() >= atLeast)
              .min(Comparator.comparingLong(Entrant::parameters).thenComparingLong(Entrant::step))
              .orElse(ranked.get(0));
      return new OneStandardError(best.standardError(), atLeast, choice.name());
    }
  }

  /** What the best checkpoint had to meet; no rule is met by all. */
  @JsonPropertyOrder({"passed", "rules"})
  public record Gate(boolean passed, List<Rule> rules) {
    /** No rule. */
    public static final Gate NONE = new Gate(true, List.of());
  }

  /**
   * One rule of a gate.
   *
   * @param rule as it was given
   * @param found the best checkpoint's figure; null where it is not finite
   * @param wanted the other side of the comparison; null where the baseline's is not finite
   */
  @JsonPropertyOrder({"rule", "passed", "found", "wanted"})
  public record Rule(String rule, boolean passed, Double found, Double wanted) {}

  /** Versions of this build, of Beam and of DJL. */
  @JsonPropertyOrder({"version", "beam", "djl"})
  public record Software(String version, String beam, String djl) {
    public static Software current() {
      Properties build = new Properties();
      try (InputStream in = Report.class.getResourceAsStream("software.properties")) {
        build.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("the build left no software.properties", e);
      }
      return new Software(
          build.getProperty("version"),
          ReleaseInfo.getReleaseInfo().getSdkVersion(),
          Classifier.engineVersion());
    }
  }
}
