package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;

/** The main results of a finished evaluation. */
final class EvaluationFacts {
  private EvaluationFacts() {}

  /**
   * Facts from its report: the data, the best checkpoint, those tied with it, the gate.
   *
   * @param uri of the folder or of its report.json
   */
  static ObjectNode of(String uri, Report report) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("kind", "evaluation").put("uri", uri);
    facts.put("checkpoints", report.checkpoints().size());
    if (!report.dropped().isEmpty()) {
      facts.put("leftTheRace", report.dropped().size());
    }
    ObjectNode dataset = facts.putObject("dataset");
    dataset.put("uri", report.dataset().uri()).put("split", report.dataset().split());
    dataset.put("digest", report.dataset().digest()).put("records", report.dataset().records());
    dataset.put("classes", report.dataset().classes().size());
    putBest(facts, report.bestRow());
    ArrayNode tied = facts.putArray("tied");
    report.ranked().stream().skip(1).filter(Row::tied).map(Row::name).forEach(tied::add);
    if (report.oneStandardError() != null) {
      facts.put("simplestAsGood", report.oneStandardError().choice());
    }
    if (report.gate() != null && !report.gate().rules().isEmpty()) {
      facts.put("gate", report.gate().passed() ? "passed" : "failed");
    }
    if (report.software() != null) {
      facts.put("software", report.software().version());
    }
    return facts;
  }

  private static void putBest(ObjectNode facts, Row row) {
    ObjectNode best = facts.putObject("best");
    best.put("name", row.name()).put("uri", row.uri()).put("digest", row.origin().digest());
    best.put("network", row.origin().architecture()).put("weights", row.origin().weights());
    best.put("epoch", row.origin().epoch()).put("step", row.origin().step());
    put(best.putObject("top1"), row.top1());
    put(best.putObject("top5"), row.top5());
  }

  private static void put(ObjectNode json, Proportion answers) {
    json.put("correct", answers.correct()).put("rate", answers.rate());
    json.put("low", answers.low()).put("high", answers.high());
  }
}
