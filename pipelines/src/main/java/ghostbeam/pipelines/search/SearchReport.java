package ghostbeam.pipelines.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.network.Outline;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.Growth;
import ghostbeam.model.search.Proposal;
import ghostbeam.pipelines.verdict.Report;
import java.util.List;
import java.util.stream.Stream;

/**
 * The content of {@code search.json}. It has neither times nor the number of slots: the same data
 * and flags give the same file.
 *
 * @param data folder of the data
 * @param request all that decides the result
 * @param proxy the task on which candidates were compared
 * @param start the network that was enlarged
 * @param steps in order
 * @param train the command that trains the network that was found
 */
record SearchReport(
    String data,
    SearchRequest.Asked request,
    Proxy proxy,
    Network start,
    List<Step> steps,
    String train,
    Report.Software software) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A network and its size, with a last layer for all of the data's classes. */
  record Network(
      List<Integer> layers,
      List<Integer> channels,
      boolean large,
      int inputSize,
      long multiplyAdds,
      long parameters) {
    static Network of(Dimensions size, int classes) {
      Outline outline = Outline.of(size.architecture(classes));
      return new Network(
          size.layers(),
          size.channels(),
          size.large(),
          size.inputSize(),
          outline.multiplyAdds(),
          outline.trainableParameters());
    }
  }

  /** The task that stood for the data: its classes, its images, and the digests of its splits. */
  record Proxy(
      List<String> classes, long trainImages, long validationImages, List<String> digests) {}

  /** Right answers, with the Wilson interval at 95 %. */
  record Share(long correct, double rate, double low, double high) {
    static Share of(Proportion hits) {
      return new Share(hits.correct(), hits.rate(), hits.low(), hits.high());
    }
  }

  /**
   * A network that was trained, and its score.
   *
   * @param top1 null if the training diverged
   * @param loss mean cross-entropy; null if the training diverged or a logit was not finite
   * @param versusBest against the step's best candidate; null for uniform scaling, and if the
   *     training diverged
   * @param diverged why there is no score; null if there is one
   */
  record Trial(
      String name,
      String enlarges,
      Network network,
      @JsonInclude(JsonInclude.Include.NON_NULL) Share top1,
      Double loss,
      @JsonInclude(JsonInclude.Include.NON_NULL) Comparison versusBest,
      @JsonInclude(JsonInclude.Include.NON_NULL) String diverged) {
    static Trial of(Growth growth, Network network, CandidateResult result, Comparison versus) {
      Tally tally = result instanceof CandidateResult.Scored scored ? scored.tally() : null;
      return new Trial(
          growth.title(),
          growth.words(),
          network,
          tally == null ? null : Share.of(tally.top1()),
          tally == null || Metric.LOSS.of(tally) == null ? null : Double.valueOf(tally.loss()),
          versus,
          result instanceof CandidateResult.Diverged diverged ? diverged.reason() : null);
    }
  }

  /** A network of which none has the step's cost, and why. */
  record Impossible(String name, String reason) {
    static Impossible of(Proposal proposal) {
      return new Impossible(proposal.growth().title(), proposal.obstacle().orElseThrow());
    }
  }

  /**
   * What a step found against uniform scaling to its cost.
   *
   * @param trial the start, scaled
   * @param test null if that training diverged
   */
  record Uniform(Trial trial, @JsonUnwrapped PairedTest test) {
    static Uniform of(Trial trial, Comparison found) {
      return new Uniform(
          trial,
          found == null
              ? null
              : new PairedTest(found.onlyThis(), found.onlyBest(), found.p(), found.pHolm()));
    }
  }

  /**
   * The network that was found and the scaled one on the same images.
   *
   * @param onlyFound images that only the found network gets right
   * @param onlyUniform images that only the scaled one gets right
   * @param p McNemar's mid-p
   * @param pHolm after Holm's correction over the steps
   */
  record PairedTest(long onlyFound, long onlyUniform, double p, double pHolm) {}

  /**
   * A step.
   *
   * @param multiplyAdds its budget
   * @param chosen name of the best candidate
   * @param candidates best first, then those that diverged
   * @param uniform null if it was not asked for, or no such network has the step's cost
   */
  record Step(
      int step,
      long multiplyAdds,
      String chosen,
      List<Trial> candidates,
      List<Impossible> impossible,
      @JsonInclude(JsonInclude.Include.NON_NULL) Uniform uniform) {
    /** Public, as is what follows, for the page. */
    public Trial best() {
      return candidates.get(0);
    }

    /** What diverged, uniform scaling included; the file has it with each network. */
    public List<Trial> reasons() {
      return Stream.concat(candidates.stream(), Stream.ofNullable(uniform).map(Uniform::trial))
          .filter(trial -> trial.diverged() != null)
          .toList();
    }

    /** Candidates that the paired test cannot distinguish from the best. */
    public long tied() {
      return candidates.stream()
          .skip(1)
          .filter(trial -> trial.diverged() == null && trial.versusBest().tied())
          .count();
    }
  }

  /** The network of the last step. */
  Network found() {
    return steps.get(steps.size() - 1).best().network();
  }

  /** All of it, with what was found. */
  ObjectNode json() {
    ObjectNode json = JSON.valueToTree(this);
    return json.set("found", JSON.valueToTree(found()));
  }
}
