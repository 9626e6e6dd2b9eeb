package ghostbeam.pipelines.search;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.distributed.Interruption;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.Proposal;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.train.RecipeFlags;
import ghostbeam.pipelines.train.RecipeWarnings;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.watch.TerminalLine;
import ghostbeam.transforms.evaluation.ScoreCheckpoints;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Enlarges a network step by step: each step trains its candidates, as one job, and the next step
 * enlarges the best of them. See {@link ghostbeam.model.search.Growth} for the method and its
 * source.
 */
public final class SearchJob {
  /** How long Ctrl-C waits for a training to end its step and save its state. */
  private static final Duration STEP = Duration.ofSeconds(10);

  private final SearchOptions options;
  private final SearchRequest request;
  private final SearchFolder output;
  private final PrintStream out;

  private SearchJob(
      SearchOptions options, SearchRequest request, SearchFolder output, PrintStream out) {
    this.options = options;
    this.request = request;
    this.output = output;
    this.out = out;
  }

  /**
   * Searches, and prints the {@code train} command for the network that was found.
   *
   * @throws ghostbeam.pipelines.cli.UsageException for a missing or invalid flag
   * @throws IOException if data is missing, the output holds another search or is being written by
   *     another run, a training fails, a later step has no candidate, or all of a step's candidates
   *     diverge
   */
  public static void run(SearchOptions options, PrintStream out) throws IOException {
    Launch.prepare(options);
    Storage storage = BeamStorage.INSTANCE;
    SearchRequest request = SearchRequest.of(storage, options);
    SearchFolder output = new SearchFolder(storage, Launch.place("output", options.getOutput()));
    SearchJob job = new SearchJob(options, request, output, out);
    RunLock.holding(output.lock(), job::search, job::stop);
  }

  private void search() throws IOException {
    // A killed run's job may still write here for a while, even into a search that replaces it.
    Launch.requireAlone(options, output.job());
    output.begin(request.asked().json(), options.isOverwrite());
    writeProxy();
    Manifest train = Manifest.read(output.storage(), output.proxy(), "train");
    Manifest val = Manifest.read(output.storage(), output.proxy(), "val");
    out.printf(
        Locale.ROOT,
        "Proxy task: %,d training and %,d validation images of %,d classes%n",
        train.records(),
        val.records(),
        train.classes().size());
    RecipeWarnings.of(
            request.recipe(),
            SearchRequest.usual(options),
            RecipeFlags.given(options),
            train.records())
        .forEach(out::println);
    StepTrainings trainings = new StepTrainings(options, request, output, val);
    List<Ranking> rankings = new ArrayList<>();
    Dimensions network = request.start();
    try {
      for (int number = 1; number <= request.budgets().size(); number++) {
        SearchStep step = SearchStep.of(request, number, network);
        begin(step);
        Ranking ranking = Ranking.of(step, trainings.results(step));
        rankings.add(ranking);
        network = ranking.best().network();
        print(ranking);
      }
    } finally {
      ScoreCheckpoints.freeWeights();
    }
    write(report(rankings, train, val));
  }

  /** Chooses the proxy task, which reads all labels, unless an earlier run has. */
  private void writeProxy() throws IOException {
    Storage storage = output.storage();
    for (String split : List.of("train", "val")) {
      if (!new DatasetFolder(storage, output.proxy(), split).isSubset()) {
        SearchRequest.Places places = request.places();
        request.proxy().write(storage, places.data(), places.validation(), output.proxy());
      }
    }
  }

  private void begin(SearchStep step) throws IOException {
    out.printf(
        Locale.ROOT,
        "Step %d of %d, to %,d multiply-adds: %d candidates%s%n",
        step.number(),
        request.budgets().size(),
        step.budget().multiplyAdds(),
        step.candidates().size(),
        step.uniform().isPresent() ? " and uniform scaling" : "");
    for (Proposal proposal : step.impossible()) {
      out.printf("  not %s: %s%n", proposal.growth().title(), proposal.obstacle().orElseThrow());
    }
    Optional<String> problem = step.problem();
    if (problem.isPresent()) {
      throw new IOException(problem.get());
    }
  }

  private void print(Ranking ranking) {
    SearchReport.Step step = Ranking.report(List.of(ranking)).get(0);
    step.reasons()
        .forEach(trial -> out.printf("  %s diverged: %s%n", trial.name(), trial.diverged()));
    SearchReport.Trial best = step.best();
    out.printf(
        Locale.ROOT,
        "  %s is best: Top-1 %.2f %% (%.2f–%.2f), %d others tied%s%n",
        best.enlarges(),
        100 * best.top1().rate(),
        100 * best.top1().low(),
        100 * best.top1().high(),
        step.tied(),
        step.uniform() == null || step.uniform().test() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "; uniform scaling %.2f %%, p = %.2g",
                100 * step.uniform().trial().top1().rate(),
                step.uniform().test().p()));
  }

  private SearchReport report(List<Ranking> rankings, Manifest train, Manifest val) {
    return new SearchReport(
        request.places().data(),
        request.asked(),
        new SearchReport.Proxy(
            train.classes(), train.records(), val.records(), List.of(train.digest(), val.digest())),
        SearchReport.Network.of(request.start(), request.classes()),
        Ranking.report(rankings),
        TrainCommand.of(
                options,
                request.places(),
                Storage.resolve(output.path(), "found"),
                rankings.get(rankings.size() - 1).best().network())
            .line(),
        Report.Software.current());
  }

  private void write(SearchReport report) throws IOException {
    output.write(output.page(), SearchPage.of(report));
    output.write(output.json(), report.json().toPrettyString() + "\n");
    SearchReport.Network found = report.found();
    out.printf(
        Locale.ROOT,
        "Found: %,d multiply-adds and %,d parameters at %d×%d%n",
        found.multiplyAdds(),
        found.parameters(),
        found.inputSize(),
        found.inputSize());
    out.println("To read: " + output.page());
    out.println("To train it on all of the data, with the flags of training that were given:");
    out.println(report.train());
  }

  /** Trainings in this process stop at the end of a step; waits for one of them. */
  private void stop() {
    if (Launch.isInThisProcess(options)) {
      Interruption.await(STEP);
    }
    TerminalLine.clear();
    out.printf(
        "Stopped: the same command%s resumes the search in %s%n",
        options.isOverwrite() ? " without --overwrite" : "", output.path());
  }
}
