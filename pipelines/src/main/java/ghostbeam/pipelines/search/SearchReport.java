package ghostbeam.pipelines.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.network.Outline;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.Proposal;
import ghostbeam.pipelines.verdict.Report;
import java.util.List;

/**
 * What {@code search.json} says. It holds no time and no number of slots: the same data and flags
 * give the same file.
 *
 * @param data folder of the data
 * @param request all that decided what was found
 * @param proxy on what candidates were compared
 * @param start what was enlarged
 * @param steps in order
 * @param train a command line for the network that was found
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
   * What was trained, and what it scored.
   *
   * @param loss mean cross-entropy; null where a logit was not finite
   * @param versusBest against the step's best candidate; null of what is not chosen from
   */
  record Trial(
      String name,
      String enlarges,
      Network network,
      Share top1,
      Double loss,
      @JsonInclude(JsonInclude.Include.NON_NULL) Comparison versusBest) {}

  /** What could not be trained, and why. */
  record Impossible(String name, String reason) {
    static Impossible of(Proposal proposal) {
      return new Impossible(proposal.growth().title(), proposal.obstacle().orElseThrow());
    }
  }

  /**
   * What a step found against uniform scaling to its cost.
   *
   * @param trial the start, scaled
   * @param onlyFound images that only the found network gets right
   * @param onlyUniform images that only the scaled one does
   * @param p McNemar's mid-p
   * @param pHolm after Holm's correction over the steps
   */
  record Uniform(Trial trial, long onlyFound, long onlyUniform, double p, double pHolm) {}

  /**
   * A step.
   *
   * @param multiplyAdds its budget
   * @param chosen name of the best candidate
   * @param candidates best first
   * @param uniform null where it was not asked for, or cannot be
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

    /** Candidates that the paired test cannot tell from the best. */
    public long tied() {
      return candidates.stream().skip(1).filter(trial -> trial.versusBest().tied()).count();
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
