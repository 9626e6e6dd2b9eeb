package ghostbeam.pipelines.average;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.CheckpointInfo.Average;
import ghostbeam.model.checkpoint.CheckpointInfo.Training;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.WeightMean;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The mean of checkpoints' weights.
 *
 * @param parts the checkpoints, in the order added
 */
record Mean(List<Part> parts, WeightMean weights) {

  static Mean of(Storage storage, Part first) throws IOException {
    return new Mean(List.of(first), WeightMean.of(first.weights(storage)));
  }

  /** The mean with one more checkpoint. */
  Mean plus(Storage storage, Part more) throws IOException {
    List<Part> all = new ArrayList<>(parts);
    all.add(more);
    return new Mean(List.copyOf(all), weights.plus(more.weights(storage)));
  }

  /**
   * Writes the mean as a checkpoint, atomically.
   *
   * @param chosenOn the split that the parts were chosen on; null if they were given
   */
  void write(Storage storage, String path, Average.Split chosenOn) throws IOException {
    CheckpointInfo first = parts.get(0).info();
    boolean averaged = parts.stream().allMatch(part -> part.info().weights() == WeightKind.EMA);
    CheckpointInfo info =
        new CheckpointInfo(
            first.architecture(),
            averaged ? WeightKind.EMA : WeightKind.RAW,
            training(chosenOn),
            first.classes(),
            first.preprocessing());
    Checkpoint.write(storage, path, info, weights.weights());
  }

  /** The longest of the parts' trainings, with only the metadata that all parts share. */
  private Training training(Average.Split chosenOn) {
    double weight = 1.0 / parts.size();
    List<Average.Part> shares =
        parts.stream()
            .map(
                part ->
                    new Average.Part(
                        part.name(), part.digest(), weight, part.info().training().average()))
            .toList();
    List<Training> all = parts.stream().map(part -> part.info().training()).toList();
    return new Training(
        all.stream().mapToInt(Training::epoch).max().orElse(0),
        all.stream().mapToLong(Training::step).max().orElse(0),
        common(all, Training::dataset),
        common(all, Training::recipe),
        new Average(shares, chosenOn));
  }

  private static String common(List<Training> all, Function<Training, String> what) {
    List<String> distinct = all.stream().map(what).distinct().toList();
    return distinct.size() == 1 ? distinct.get(0) : "";
  }
}
