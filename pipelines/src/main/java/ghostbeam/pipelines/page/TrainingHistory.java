package ghostbeam.pipelines.page;

import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.LogLine;
import ghostbeam.model.training.LogLine.Epoch;
import ghostbeam.model.training.LogLine.Step;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one training, from {@code training.jsonl}.
 *
 * @param folder of the training
 * @param steps logged steps in order, thinned out where there are very many
 * @param epochs in order, thinned out likewise
 * @param epochsLogged how many epochs there are
 */
record TrainingHistory(String folder, List<Step> steps, List<Epoch> epochs, int epochsLogged) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingHistory.class);

  /** More points than a chart has pixels only cost bytes. */
  private static final int MOST_STEPS = 600;

  /** Of all trainings together, so that a page of many stays small and opens fast. */
  private static final int MOST_STEPS_OF_ALL = 6000;

  private static final int MOST_EPOCHS_OF_ALL = 2000;
  private static final int FEWEST = 20;

  /** The histories found beside the rows' checkpoints, by folder. */
  static List<TrainingHistory> find(Storage storage, List<Row> rows) {
    TreeSet<String> folders = new TreeSet<>();
    rows.forEach(row -> folders.add(row.training()));
    List<TrainingHistory> found = new ArrayList<>();
    int steps = Math.min(MOST_STEPS, share(MOST_STEPS_OF_ALL, folders.size()));
    int epochs = share(MOST_EPOCHS_OF_ALL, folders.size());
    for (String folder : folders) {
      try {
        List<LogLine> lines = new TrainingFolder(folder).logged(storage);
        TrainingHistory history = of(folder, lines).thin(steps, epochs);
        if (!history.epochs.isEmpty()) {
          found.add(history);
        }
      } catch (IOException e) {
        LOG.warn("report.html does not show the training in {}: {}", folder, e.getMessage());
      }
    }
    return found;
  }

  static TrainingHistory of(String folder, List<LogLine> lines) {
    List<Step> steps = new ArrayList<>();
    List<Epoch> epochs = new ArrayList<>();
    for (LogLine line : lines) {
      if (line instanceof Epoch epoch) {
        epochs.add(epoch);
      } else if (line instanceof Step step) {
        steps.add(step);
      }
    }
    return new TrainingHistory(folder, steps, epochs, epochs.size());
  }

  private static int share(int all, int trainings) {
    return Math.max(FEWEST, all / Math.max(1, trainings));
  }

  /** At most this many of each, evenly spaced, including the first and the last. */
  TrainingHistory thin(int mostSteps, int mostEpochs) {
    return new TrainingHistory(
        folder, thin(steps, mostSteps), thin(epochs, mostEpochs), epochsLogged);
  }

  private static <T> List<T> thin(List<T> all, int most) {
    if (all.size() <= most) {
      return all;
    }
    List<T> thinned = new ArrayList<>();
    for (long i = 0; i < most; i++) {
      thinned.add(all.get((int) (i * (all.size() - 1) / (most - 1))));
    }
    return thinned;
  }
}
