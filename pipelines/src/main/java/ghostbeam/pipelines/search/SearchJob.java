package ghostbeam.pipelines.search;

import static ghostbeam.pipelines.cli.ShellWord.quoted;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.distributed.Interruption;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.Proposal;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.train.RecipeFlags;
import ghostbeam.pipelines.train.Surprises;
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
import java.util.stream.Collectors;

/**
 * Enlarges a network step by step: each step trains what could be enlarged, one job a step, keeps
 * what scored best, and goes on from there. See {@link ghostbeam.model.search.Growth} for the
 * method and its source.
 */
public final class SearchJob {
  /** How long Ctrl-C waits for a step's end and its state. */
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
   * Searches, and prints how {@code train} is told of what was found.
   *
   * @throws ghostbeam.pipelines.cli.UsageException for a flag that is missing or cannot be
   * @throws IOException where data is missing, the output holds another search or is written by
   *     another run, a training fails, or a step has no candidate
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
    // A killed run's job may still write here for a while, and would into what replaces it.
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
    Surprises.of(
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
        Ranking ranking = Ranking.of(step, trainings.scores(step));
        rankings.add(ranking);
        network = ranking.best().network();
        tell(ranking);
      }
    } finally {
      ScoreCheckpoints.freeWeights();
    }
    write(report(rankings, train, val));
  }

  /** Chooses the task, if no earlier run has: all labels are read for it. */
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
    if (step.candidates().isEmpty()) {
      boolean tooFar =
          step.impossible().stream()
              .allMatch(proposal -> proposal.multiplyAdds() < step.budget().multiplyAdds());
      throw new IOException(
          "step %d has no candidate; give %s"
              .formatted(
                  step.number(),
                  tooFar
                      ? "more --steps, so that each is smaller, or fewer --multiplyAdds"
                      : "fewer --steps, so that each is larger"));
    }
  }

  private void tell(Ranking ranking) {
    SearchReport.Step step = Ranking.report(List.of(ranking)).get(0);
    SearchReport.Trial best = step.best();
    out.printf(
        Locale.ROOT,
        "  %s is best: Top-1 %.2f %% (%.2f–%.2f), %d others tied%s%n",
        best.enlarges(),
        100 * best.top1().rate(),
        100 * best.top1().low(),
        100 * best.top1().high(),
        step.tied(),
        step.uniform() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "; uniform scaling %.2f %%, p = %.2g",
                100 * step.uniform().trial().top1().rate(),
                step.uniform().p()));
  }

  private SearchReport report(List<Ranking> rankings, Manifest train, Manifest val) {
    return new SearchReport(
        request.places().data(),
        request.asked(),
        new SearchReport.Proxy(
            train.classes(), train.records(), val.records(), List.of(train.digest(), val.digest())),
        SearchReport.Network.of(request.start(), request.classes()),
        Ranking.report(rankings),
        trainCommand(rankings.get(rankings.size() - 1).best().network()),
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
    out.println("To train it on all of the data, with a recipe that suits it:");
    out.println(report.train());
  }

  private String trainCommand(Dimensions network) {
    SearchRequest.Places places = request.places();
    List<String> words = new ArrayList<>(List.of("./run", "train"));
    words.add(quoted("--data=" + places.data()));
    if (!places.validation().equals(places.data())) {
      words.add(quoted("--validation=" + places.validation()));
    }
    words.add(quoted("--output=" + Storage.resolve(output.path(), "found")));
    words.add("--layers=" + joined(network.layers()));
    words.add("--channels=" + joined(network.channels()));
    if (network.large()) {
      words.add("--large");
    }
    words.add("--inputSize=" + network.inputSize());
    return String.join(" ", words);
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Trainings of this process come to the end of a step; one of them is waited for. */
  private void stop() {
    if (Launch.isInThisProcess(options)) {
      Interruption.await(STEP);
    }
    TerminalLine.clear();
    out.printf(
        "Stopped: the same command%s goes on with the search in %s%n",
        options.isOverwrite() ? " without --overwrite" : "", output.path());
  }
}
