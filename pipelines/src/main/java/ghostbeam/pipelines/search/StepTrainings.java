package ghostbeam.pipelines.search;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The trainings of a search, step by step: a step is one job. It trains each candidate on a slot of
 * its own, scores it there on the proxy task's validation images and writes its tally, after which
 * no run trains it again.
 */
record StepTrainings(
    SearchOptions options, SearchRequest request, SearchFolder output, Manifest val) {

  /** What all who take part in a step scored, by title; trains those that are not trained. */
  Map<String, Tally> scores(SearchStep step) throws IOException {
    List<TrainingJob> missing = new ArrayList<>();
    for (Proposal entrant : step.entrants()) {
      if (!output.isScored(step.number(), entrant.growth().title())) {
        missing.add(job(step, entrant));
      }
    }
    if (!missing.isEmpty()) {
      train(step, missing);
    }
    Map<String, Tally> scores = new LinkedHashMap<>();
    for (Proposal entrant : step.entrants()) {
      String name = entrant.growth().title();
      Tally tally = output.readTally(step.number(), name);
      if (tally.records() != val.records()) {
        throw new IOException(
            "%s is of %d records, the proxy task has %d; delete it, and run the command again"
                .formatted(output.tally(step.number(), name), tally.records(), val.records()));
      }
      scores.put(name, tally);
      keepScored(output.training(step.number(), name));
    }
    return scores;
  }

  /** Nobody goes on from the rest any more, which would fill a disk in a few steps. */
  private void keepScored(TrainingFolder training) throws IOException {
    output.storage().delete(training.state());
    String scored = training.checkpoint(epochs(), request.averages());
    for (Storage.Entry file : output.storage().list(training.checkpoints())) {
      if (!file.path().equals(scored)) {
        output.storage().delete(file.path());
      }
    }
  }

  private int epochs() {
    return request.recipe().learningRate().epochs();
  }

  private TrainingJob job(SearchStep step, Proposal entrant) {
    TrainingSpec spec =
        new TrainingSpec(
            entrant.network().architecture(val.classes().size()), request.recipe(), "");
    String folder = output.training(step.number(), entrant.growth().title()).path();
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
    pipeline
        .apply("Train", TrainEach.of(storage, jobs))
        .apply(
            "Checkpoints",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(training -> checkpoint(training, epochs, averages)))
        .apply("Score", ScoreEach.of(storage, output.proxy(), val))
        .apply("WriteTallies", WriteTallies.to(storage, name -> folder.tally(step, name)));
  }

  private static KV<String, String> checkpoint(String training, int epochs, boolean averages) {
    String name = training.substring(training.lastIndexOf('/') + 1);
    return KV.of(name, new TrainingFolder(training).checkpoint(epochs, averages));
  }

  /** Epochs that are learned by now. */
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
