package ghostbeam.pipelines.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Outline;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.report.ShortNames;
import ghostbeam.pipelines.verdict.Entrant;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.transforms.evaluation.Candidate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint file that has been read once and fits the dataset.
 *
 * @param name short, unique in the report
 * @param view how it is to see images
 * @param precision of its convolutions
 */
record Contender(
    String name,
    String path,
    String digest,
    CheckpointInfo info,
    ValidationView view,
    Precision precision) {

  /**
   * Reads and checks the files before any work starts.
   *
   * @throws IOException where one is damaged or has other classes than the dataset, or where none
   *     has the weights asked for
   * @throws UsageException where a name given to a file's bf16 scores is another file's own
   */
  static List<Contender> read(
      Storage storage, List<String> paths, EvaluateRequest request, Manifest manifest)
      throws IOException {
    Map<String, String> names =
        ShortNames.of(
            paths.stream().map(path -> path.replaceFirst("\\.safetensors$", "")).toList(),
            "checkpoints");
    List<String> shortNames = List.copyOf(names.values());
    List<Contender> contenders = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      String path = paths.get(i);
      CheckpointInfo info = Checkpoint.readInfo(storage, path);
      if (request.wants(info.weights())) {
        requireSameClasses(path, info.classes(), request, manifest.classes());
        String digest = Checkpoint.read(storage, path).digest();
        ValidationView view = request.view(info.preprocessing());
        for (Precision precision : request.precisions()) {
          String name = shortNames.get(i) + (precision == Precision.FLOAT32 ? "" : ".bf16");
          contenders.add(new Contender(name, path, digest, info, view, precision));
        }
      }
    }
    if (contenders.isEmpty()) {
      throw new IOException(
          "none of the %d checkpoints, such as %s, holds %s weights; leave --weights out"
              .formatted(paths.size(), paths.get(0), request.weights()));
    }
    requireNamesApart(contenders);
    return contenders;
  }

  /** Rows and tallies go by names. */
  private static void requireNamesApart(List<Contender> contenders) {
    Map<String, Contender> byName = new HashMap<>();
    for (Contender contender : contenders) {
      Contender other = byName.put(contender.name, contender);
      if (other != null) {
        throw new UsageException(
            "%s and %s would both be %s in the report; rename one of the files, or give one --precision at a time"
                .formatted(other.described(), contender.described(), contender.name));
      }
    }
  }

  private String described() {
    return path + " in " + precision.title();
  }

  private static void requireSameClasses(
      String path, List<String> own, EvaluateRequest request, List<String> dataset)
      throws IOException {
    if (own.size() != dataset.size()) {
      throw new IOException(
          "%s knows %d classes, but %s, split %s, has %d; score it on data of its own classes"
              .formatted(path, own.size(), request.data(), request.split(), dataset.size()));
    }
    for (int i = 0; i < own.size(); i++) {
      if (!own.get(i).equals(dataset.get(i))) {
        throw new IOException(
            "class %d is %s to %s, but %s in %s, split %s; score it on data of its own classes"
                .formatted(i, own.get(i), path, dataset.get(i), request.data(), request.split()));
      }
    }
  }

  /** What decides its scores: contenders of one content are scored once. */
  String content() {
    return digest + " " + precision.title();
  }

  /**
   * This contender as workers see it.
   *
   * @param slots that score it at a time in a worker
   */
  Candidate candidate(int slots) {
    return new Candidate(
        name,
        path,
        digest,
        view.inputSize(),
        view.cropFraction(),
        view.interpolation(),
        precision,
        Classifier.bytes(info.architecture(), slots));
  }

  /**
   * This contender with its scores, which may be those of a copy of its file.
   *
   * @param batchSize images that were scored together
   * @param defeat why it was dropped before it saw every record, or null
   */
  Entrant scored(Tally tally, int batchSize, Defeat defeat) {
    return new Entrant(
        path,
        digest,
        info.architecture().name(),
        Outline.of(info.architecture()).trainableParameters(),
        info.weights(),
        info.epoch(),
        info.step(),
        new Report.Preprocessing(
            view.inputSize(),
            view.cropFraction(),
            view.interpolation().title(),
            precision.title(),
            precision == Precision.BF16 ? batchSize : null),
        info.dataset(),
        recipe(info.recipe()),
        tally.named(name),
        null,
        defeat);
  }

  /** The settings but for the network, which has its own fields; null where there are none. */
  private static JsonNode recipe(String json) {
    try {
      return new ObjectMapper().readTree(json) instanceof ObjectNode settings
          ? settings.without("architecture")
          : null;
    } catch (JsonProcessingException e) {
      return null; // another tool's recipe, in words
    }
  }
}
