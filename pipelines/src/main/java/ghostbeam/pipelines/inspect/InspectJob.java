package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Identifies names or paths and prints facts about them. */
public final class InspectJob {
  private InspectJob() {}

  /**
   * Prints the facts as lines, or as one JSON object.
   *
   * @throws IOException if nothing exists at the path, or it is damaged
   */
  public static void run(InspectOptions options, PrintStream out) throws IOException {
    Launch.prepare(options);
    List<String> what = what(options);
    if (what.isEmpty() == options.getInput().isEmpty()) {
      throw new UsageException(
          what.isEmpty()
              ? "inspect needs <path or preset>; ./run inspect --help shows a whole command line"
              : "inspect takes <path or preset> or --input, not both");
    }
    if (what.isEmpty()) {
      print(SourceFacts.of(BeamStorage.INSTANCE, options), options, out);
      return;
    }
    if (!options.getContactSheet().isEmpty()) {
      SheetFacts.require(what, options);
    }
    ObjectNode facts =
        what.size() > 1 || options.isDuplicates()
            ? DuplicateFacts.of(BeamStorage.INSTANCE, what.stream().distinct().toList())
            : facts(BeamStorage.INSTANCE, what.get(0));
    if (!options.getContactSheet().isEmpty()) {
      facts.set("contactSheet", SheetFacts.write(BeamStorage.INSTANCE, what.get(0), options));
    }
    print(facts, options, out);
  }

  private static void print(ObjectNode facts, InspectOptions options, PrintStream out) {
    out.print(options.isJson() ? facts + "\n" : FactLines.of(facts));
  }

  /** Rejoins what the command line split at commas if the whole is one path. */
  private static List<String> what(InspectOptions options) {
    List<String> parts = options.getWhat() == null ? List.of() : options.getWhat();
    String whole = String.join(",", parts);
    return Launch.isOnePath(whole) ? List.of(whole) : parts;
  }

  private static ObjectNode facts(Storage storage, String what) throws IOException {
    if (what.endsWith(".tfrecord")) {
      return ShardFacts.of(storage, what);
    }
    if (what.endsWith(".safetensors")) {
      return NetworkFacts.ofCheckpoint(storage, what);
    }
    if (Preset.titles().contains(what)) {
      return NetworkFacts.ofPreset(what);
    }
    if (what.endsWith(".json") && storage.exists(what)) {
      if (DatasetFolder.ofManifest(storage, what).isPresent()) {
        int name = what.lastIndexOf('/') + 1;
        return DatasetFacts.of(storage, name == 0 ? "." : what.substring(0, name));
      }
      return EvaluationFacts.of(what, EvaluationFolder.readReport(storage, what));
    }
    TrainingFolder training = new TrainingFolder(what);
    if (training.holdsTraining(storage)) {
      return TrainingFacts.of(storage, training);
    }
    EvaluationFolder evaluation = new EvaluationFolder(storage, what);
    if (storage.exists(evaluation.report())) {
      return EvaluationFacts.of(what, evaluation.readReport());
    }
    return DatasetFacts.of(storage, what);
  }
}
