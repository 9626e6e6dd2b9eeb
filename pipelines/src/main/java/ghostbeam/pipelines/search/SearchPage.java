package ghostbeam.pipelines.search;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.pipelines.page.PageTemplate;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code search.html}; the same report gives the same bytes. */
final class SearchPage {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SearchPage() {}

  static String of(SearchReport report) throws IOException {
    Map<String, Object> model = new HashMap<>();
    SearchReport.Step last = report.steps().get(report.steps().size() - 1);
    model.put("report", report);
    model.put("best", last.best());
    model.put("found", report.found());
    model.put("last", last);
    model.put("scaled", report.steps().stream().anyMatch(step -> step.uniform() != null));
    model.put(
        "recipe",
        report.request().recipe().entrySet().stream()
            .map(setting -> Map.entry(setting.getKey(), setting.getValue().asText()))
            .toList());
    model.put("charts", PageTemplate.inScript(charts(report)));
    return PageTemplate.fill("search.html", model);
  }

  /** Dots of accuracy against cost: candidates, those chosen, and uniform scaling. */
  private static String charts(SearchReport report) {
    ObjectNode data = JSON.createObjectNode();
    List.of("checkpoints", "details", "trainings").forEach(data::putArray);
    ArrayNode dots = data.putArray("search");
    for (SearchReport.Step step : report.steps()) {
      for (SearchReport.Trial trial : step.candidates()) {
        boolean chosen = trial.name().equals(step.chosen());
        add(dots, step, trial, chosen ? "chosen" : "candidate");
      }
      if (step.uniform() != null) {
        add(dots, step, step.uniform().trial(), "uniform");
      }
    }
    return data.toString();
  }

  private static void add(
      ArrayNode dots, SearchReport.Step step, SearchReport.Trial trial, String kind) {
    if (trial.top1() == null) {
      return;
    }
    dots.addObject()
        .put("step", step.step())
        .put("name", trial.enlarges())
        .put("kind", kind)
        .put("cost", trial.network().multiplyAdds())
        .put("top1", trial.top1().rate())
        .put("low", trial.top1().low())
        .put("high", trial.top1().high());
  }
}
