package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.inference.ModelInfo;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.transforms.evaluation.Candidate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.beam.sdk.util.ReleaseInfo;

/**
 * {@code report.json}: the scores of one evaluation's checkpoints. It holds no time of the run, so
 * scoring the same files again gives the same bytes.
 *
 * @param dataset what was scored
 * @param checkpoints best first; last those dropped from a race
 * @param best name of the first
 * @param gate what the scores had to meet
 * @param software versions of the program that scored
 * @param oneStandardError the simplest checkpoint about as good as the best
 * @param averaging raw weights against averaged ones of the same step
 * @param rounding checkpoints scored in float32 and in bf16; absent if there are none
 * @param otherLabels checkpoints whose classes seem to be in another order than the data's; absent
 *     if there are none
 * @param realLabels digest of the file of ReaL labels; absent if none was given
 * @param undecodable numbers of the records that could not be decoded; they count as wrong
 * @param bestInDataset name of the best among the data's classes alone, of those that know more;
 *     absent if none does
 * @param testSets the checkpoints on this and other test sets; absent if there is only one
 */
public record Report(
    Dataset dataset,
    List<Row> checkpoints,
    String best,
    Gate gate,
    Software software,
    OneStandardError oneStandardError,
    List<Pair> averaging,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Rounding> rounding,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<OtherLabels> otherLabels,
    @JsonInclude(JsonInclude.Include.NON_NULL) String realLabels,
    List<Integer> undecodable,
    @JsonInclude(JsonInclude.Include.NON_NULL) String bestInDataset,
    @JsonInclude(JsonInclude.Include.NON_NULL) TestSets testSets) {

  /** Absent lists become empty. */
  public Report {
    rounding = rounding == null ? List.of() : List.copyOf(rounding);
    otherLabels = otherLabels == null ? List.of() : List.copyOf(otherLabels);
  }

  /** The same report with a gate's verdict. */
  public Report with(Gate verdict) {
    return with(verdict, testSets);
  }

  /** The same report as that of the first of several test sets. */
  public Report with(TestSets sets) {
    return with(gate, sets);
  }

  private Report with(Gate verdict, TestSets sets) {
    return new Report(
        dataset,
        checkpoints,
        best,
        verdict,
        software,
        oneStandardError,
        averaging,
        rounding,
        otherLabels,
        realLabels,
        undecodable,
        bestInDataset,
        sets);
  }

  /** The rows scored on every record, best first. */
  public List<Row> ranked() {
    return checkpoints.stream().filter(Row::complete).toList();
  }

  /** The rows dropped from a race. */
  public List<Row> dropped() {
    return checkpoints.stream().filter(row -> !row.complete()).toList();
  }

  /**
   * Says which checkpoints' classes are matched only by position; empty if all have names on both
   * sides.
   */
  public String numbered() {
    List<String> names =
        checkpoints.stream().filter(row -> row.origin().classes() != null).map(Row::name).toList();
    return names.isEmpty()
        ? ""
        : "The classes of %s are matched to the data's by position, since one side has only numbers"
            .formatted(
                names.size() == checkpoints.size() ? "all checkpoints" : String.join(", ", names));
  }

  /** The files that named the classes of modules, each once. */
  public List<ClassFile> moduleClasses() {
    return checkpoints.stream()
        .map(row -> row.origin().moduleClasses())
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** Says which means were chosen on the very images scored; empty if none was. */
  public String chosenHere() {
    List<String> names = checkpoints.stream().filter(Row::chosenHere).map(Row::name).toList();
    return names.isEmpty()
        ? ""
        : "Chosen on this very split by average --greedy, so too good here and to be judged on other"
            + " images: "
            + String.join(", ", names);
  }

  /** The row of the best checkpoint. */
  public Row bestRow() {
    return checkpoints.get(0);
  }

  /** The metrics to show, accuracies first; optional ones only if a checkpoint has them. */
  public List<Metric> columns(Metric.Shown where) {
    return Metric.shown(where).stream()
        .filter(metric -> !metric.isOptional() || has(metric))
        .toList();
  }

  private boolean has(Metric metric) {
    return checkpoints.stream().anyMatch(row -> row.figures().get(metric) != null);
  }

  /** A split of a dataset; {@code classes} are the synset names in label order. */
  public record Dataset(
      String uri, String split, String digest, long records, List<String> classes) {}

  /** A file that names classes in the order of logits. */
  public record ClassFile(String uri, String digest) {
    public ClassFile {
      if (uri == null || digest == null) {
        throw new IllegalArgumentException("a list of a module's classes has no file or no digest");
      }
    }
  }

  /**
   * How images were prepared and computed, as far as scores depend on it.
   *
   * @param interpolation {@code opencv}, {@code pillow} or {@code torchvision}
   * @param precision of convolutions, {@code float32} or {@code bf16}, or a note that it is a
   *     module's own
   * @param batchSize images scored together, for bf16 and modules, where rounding depends on it;
   *     else absent
   * @param module settings of a TorchScript module's input; absent for checkpoints
   */
  public record Preprocessing(
      int inputSize,
      double cropFraction,
      String interpolation,
      String precision,
      @JsonInclude(JsonInclude.Include.NON_NULL) Integer batchSize,
      @JsonInclude(JsonInclude.Include.NON_NULL) Map<String, String> module) {

    /** Reports of earlier versions, which had no choice, do not name a precision. */
    public Preprocessing {
      precision = precision == null ? "float32" : precision;
    }

    /** For a checkpoint. */
    public Preprocessing(
        int inputSize,
        double cropFraction,
        String interpolation,
        String precision,
        Integer batchSize) {
      this(inputSize, cropFraction, interpolation, precision, batchSize, null);
    }

    static Preprocessing of(Candidate candidate, Optional<ModelInfo.Module> module, int batchSize) {
      boolean byBatch = module.isPresent() || candidate.precision() == Precision.BF16;
      return new Preprocessing(
          candidate.view().inputSize(),
          candidate.view().cropFraction(),
          candidate.view().interpolation().title(),
          module.map(ModelInfo.Module::precision).orElse(candidate.precision().title()),
          byBatch ? batchSize : null,
          module.map(how -> how.input().settings()).orElse(null));
    }

    /** The same in float32. */
    Preprocessing inFloat32() {
      return new Preprocessing(inputSize, cropFraction, interpolation, null, null, module);
    }
  }

  /**
   * Raw and averaged weights of one training after the same step.
   *
   * @param onlyRaw records that only the raw weights get right
   * @param p McNemar's mid-p, {@code pHolm} after Holm's correction over all pairs
   */
  public record Pair(
      String raw,
      String averaged,
      int epoch,
      long onlyRaw,
      long onlyAveraged,
      double p,
      double pHolm) {
    static Pair of(Row raw, Row averaged, Comparison comparison) {
      return new Pair(
          raw.name(),
          averaged.name(),
          raw.origin().epoch(),
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
  public record OneStandardError(double standardError, double atLeast, String choice) {
    static OneStandardError of(List<Row> ranked) {
      Proportion best = ranked.get(0).top1();
      double atLeast = best.rate() - best.standardError();
      Row choice =
          ranked.stream()
              .filter(row -> row.top1().rate() >= atLeast)
              .min(
                  Comparator.comparing(
                          (Row row) -> row.figures().get(Metric.PARAMETERS),
                          Comparator.nullsLast(Comparator.naturalOrder()))
                      .thenComparingLong(row -> row.origin().step()))
              .orElse(ranked.get(0));
      return new OneStandardError(best.standardError(), atLeast, choice.name());
    }
  }

  /** What the best checkpoint had to meet; passed if there are no rules. */
  public record Gate(boolean passed, List<Rule> rules) {
    /** No rule. */
    public static final Gate NONE = new Gate(true, List.of());
  }

  /**
   * One rule of a gate.
   *
   * @param rule as it was given
   * @param found the best checkpoint's figure; null if it is not finite
   * @param wanted the other side of the comparison; null if the baseline's is not finite
   */
  public record Rule(String rule, boolean passed, Double found, Double wanted) {}

  /** Versions of this build, of Beam and of DJL. */
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
