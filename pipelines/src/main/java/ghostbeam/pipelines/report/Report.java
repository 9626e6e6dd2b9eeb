package ghostbeam.pipelines.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Proportion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import org.apache.beam.sdk.util.ReleaseInfo;

/**
 * {@code report.json}: what the checkpoints of one evaluation scored. It holds no time of the run,
 * so the same files scored again are the same bytes.
 *
 * @param dataset what was scored
 * @param checkpoints best first
 * @param best name of the first
 * @param gate what the scores had to meet
 * @param software what scored
 */
@JsonPropertyOrder({"dataset", "checkpoints", "best", "gate", "software"})
public record Report(
    Dataset dataset, List<Row> checkpoints, String best, Gate gate, Software software) {

  /** A split of a dataset; {@code classes} are the synset names in label order. */
  @JsonPropertyOrder({"uri", "split", "digest", "records", "classes"})
  public record Dataset(
      String uri, String split, String digest, long records, List<String> classes) {}

  /**
   * One checkpoint.
   *
   * @param records images scored: all of the dataset's
   * @param loss mean cross-entropy in nats of the images that could be decoded; null where a logit
   *     was not finite
   * @param calibrationError expected calibration error over 15 bins; null where no image had finite
   *     logits
   * @param tied not distinguishable from the best at 5 %, the best itself included
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
    "tied"
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
      boolean tied) {}

  /** Right answers, as a fraction of the records, with its Wilson 95 % interval. */
  @JsonPropertyOrder({"correct", "rate", "low", "high"})
  public record Score(long correct, double rate, double low, double high) {
    static Score of(Proportion proportion) {
      return new Score(
          proportion.correct(), proportion.rate(), proportion.low(), proportion.high());
    }
  }

  /** How the checkpoint saw images; {@code interpolation} is {@code opencv} or {@code pillow}. */
  @JsonPropertyOrder({"inputSize", "cropFraction", "interpolation"})
  public record Preprocessing(int inputSize, double cropFraction, String interpolation) {}

  /** McNemar's mid-p test against the best, and its value after Holm's correction. */
  @JsonPropertyOrder({"onlyThis", "onlyBest", "p", "pHolm"})
  public record VersusBest(long onlyThis, long onlyBest, double p, double pHolm) {
    static VersusBest of(Comparison comparison) {
      return new VersusBest(
          comparison.onlyThis(), comparison.onlyBest(), comparison.p(), comparison.pHolm());
    }
  }

  /** Rules that the scores had to meet; no rule is met by all. */
  @JsonPropertyOrder({"passed", "rules"})
  public record Gate(boolean passed, List<String> rules) {
    static final Gate NONE = new Gate(true, List.of());
  }

  /** Versions of this build, of Beam and of DJL. */
  @JsonPropertyOrder({"version", "beam", "djl"})
  public record Software(String version, String beam, String djl) {
    static Software current() {
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
