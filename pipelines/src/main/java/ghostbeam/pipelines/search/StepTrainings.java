package ghostbeam.pipelines.search;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.search.Proposal;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.LogLine;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.model.training.TrainingSpec;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.watch.ProgressTicker;
import ghostbeam.transforms.evaluation.ScoreEach;
import ghostbeam.transforms.evaluation.WriteTallies;
import ghostbeam.transforms.training.TrainEach;
import ghostbeam.transforms.training.TrainingOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.ProcessFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The trainings of a search, step by step: a step is one job. It trains each candidate on a slot of
 * its own, scores it there on the proxy task's validation images and writes its tally, or why it
 * diverged; after that no run trains it again.
 */
record StepTrainings(
    SearchOptions options, SearchRequest request, SearchFolder output, Manifest val) {

  /** The results of a step's trainings, by title; runs those that have not ended. */
  Map<String, CandidateResult> results(SearchStep step) throws IOException {
    List<TrainingJob> missing = new ArrayList<>();
    for (Proposal proposal : step.toTrain()) {
      if (output.result(step.number(), proposal.growth().title()).isEmpty()) {
        missing.add(job(step, proposal));
      }
    }
    if (!missing.isEmpty()) {
      train(step, missing);
    }
    Map<String, CandidateResult> results = new LinkedHashMap<>();
    for (Proposal proposal : step.toTrain()) {
      String name = proposal.growth().title();
      results.put(name, result(step.number(), name));
    }
    return results;
  }

  private CandidateResult result(int step, String name) throws IOException {
    CandidateResult result =
        output
            .result(step, name)
            .orElseThrow(() -> new IOException(output.tally(step, name) + " is missing"));
    TrainingFolder training = output.training(step, name);
    if (result instanceof CandidateResult.Scored scored) {
      long records = scored.tally().records();
      if (records != val.records()) {
        throw new IOException(
            "%s has %d records, the proxy task %d; delete it and run the command again"
                .formatted(output.tally(step, name), records, val.records()));
      }
      keepOnly(training.checkpoint(epochs(), request.averages()), training);
    } else {
      keepOnly("", training);
    }
    return result;
  }

  /** Deletes the state and the other checkpoints, which would soon fill a disk. */
  private void keepOnly(String checkpoint, TrainingFolder training) throws IOException {
    output.storage().delete(training.state());
    for (Storage.Entry file : output.storage().list(training.checkpoints())) {
      if (!file.path().equals(checkpoint)) {
        output.storage().delete(file.path());
      }
    }
  }

  private int epochs() {
    return request.recipe().learningRate().epochs();
  }

  private TrainingJob job(SearchStep step, Proposal proposal) {
    TrainingSpec spec =
        new TrainingSpec(
            proposal.network().architecture(val.classes().size()), request.recipe(), "");
    String folder = output.training(step.number(), proposal.growth().title()).path();
    return TrainingJob.of(spec, output.proxy(), folder).with(request.bookkeeping());
  }

  private void train(SearchStep step, List<TrainingJob> jobs) throws IOException {
    String part = "step %d of %d".formatted(step.number(), request.budgets().size());
    ProgressTicker ticker =
        ProgressTicker.start(
            part,
            "epochs",
            () -> new ProgressTicker.Count(learned(jobs), (long) epochs() * jobs.size()));
    try {
      Pipeline pipeline = Pipeline.create(options);
      setupPipeline(pipeline, step.number(), jobs);
      Launch.run(pipeline, output.job());
    } finally {
      ticker.close();
    }
  }

  private void setupPipeline(Pipeline pipeline, int step, List<TrainingJob> jobs) {
    Storage storage = output.storage();
    SearchFolder folder = output;
    int epochs = epochs();
    boolean averages = request.averages();
    // A branch for trainings that diverged would hold results back until the job ends: a runner
    // hands elements on one by one only along a chain.
    ProcessFunction<TrainingOutcome, Iterable<KV<String, String>>> toScore =
        outcome -> toScore(outcome, folder, step, epochs, averages);
    pipeline
        .apply("Train", TrainEach.of(storage, jobs))
        .apply(
            "Checkpoints",
            FlatMapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(toScore))
        .apply("Score", ScoreEach.of(storage, output.proxy(), val))
        .apply("WriteTallies", WriteTallies.to(storage, name -> folder.tally(step, name)));
  }

  /** A trained network's checkpoint, by title; of a diverged one writes the reason instead. */
  private static List<KV<String, String>> toScore(
      TrainingOutcome outcome, SearchFolder folder, int step, int epochs, boolean averages)
      throws IOException {
    String name = name(outcome.folder());
    if (outcome instanceof TrainingOutcome.Diverged diverged) {
      folder.write(step, name, CandidateResult.Diverged.of(diverged));
      return List.of();
    }
    String checkpoint = new TrainingFolder(outcome.folder()).checkpoint(epochs, averages);
    return List.of(KV.of(name, checkpoint));
  }

  /** The title of what a training's network enlarges. */
  private static String name(String training) {
    return training.substring(training.lastIndexOf('/') + 1);
  }

  /** Epochs that have ended by now. */
  private long learned(List<TrainingJob> jobs) throws IOException {
    long epochs = 0;
    for (TrainingJob job : jobs) {
      epochs +=
          job.folder().logged(output.storage()).stream()
              .filter(LogLine.Epoch.class::isInstance)
              .count();
    }
    return epochs;
  }
}
