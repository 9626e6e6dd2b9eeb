package ghostbeam.pipelines.evaluate;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.dataset.ClassNames;
import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.inference.ModelFile;
import ghostbeam.model.inference.ModelFormats;
import ghostbeam.model.inference.ModelInfo;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.report.ShortNames;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.transforms.evaluation.Candidate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The candidates of an evaluation and their files' metadata. Each file is read once and checked
 * against the dataset; files with the same content are scored once, under the first one's name.
 *
 * @param infos metadata by candidate, in file order
 * @param moduleClasses the file that names the classes of modules without class names; null if none
 *     was given
 */
record Candidates(Map<Candidate, ModelInfo> infos, Report.ClassFile moduleClasses) {

  /**
   * Reads and checks the files before any work starts.
   *
   * @param slots number of slots in a worker that score a candidate at the same time
   * @throws IOException if a file is damaged or does not know a class of the dataset, or if none
   *     has the requested weights
   * @throws UsageException if the name of a file's bf16 scores is already another file's name
   */
  static Candidates read(
      Storage storage, List<String> paths, EvaluateRequest request, Manifest manifest, int slots)
      throws IOException {
    List<String> bare = bare(paths);
    Map<String, String> names = ShortNames.of(bare, TrainingFolder.CHECKPOINTS);
    ModuleFlags modules = request.views().modules();
    ModuleFlags.Named moduleClasses = modules.classes(storage, manifest.classes());
    Map<Candidate, ModelInfo> infos = new LinkedHashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      String path = paths.get(i);
      byte[] bytes = Checkpoint.load(storage, path);
      EvaluateRequest.Views views = request.views();
      ModelFile model =
          named(
              path,
              ModelFormats.read(path, bytes, views::of, modules.input(), slots),
              moduleClasses.names());
      ModelInfo info = model.info();
      if (info.weights().map(request.scoring().weights()::contains).orElse(true)) {
        requireKnownClasses(path, info.classes(), request, manifest.classes());
        Candidate file = Candidate.of(path, Sha256.of(bytes), model).withView(request.view(info));
        for (Precision precision : model.precisions(request.scoring().precisions())) {
          String name = names.get(bare.get(i)) + (precision == Precision.FLOAT32 ? "" : ".bf16");
          infos.put(file.named(name).withPrecision(precision), info);
        }
      }
    }
    if (infos.isEmpty()) {
      throw new IOException(
          "none of the %d checkpoints, such as %s, holds %s weights; leave --weights out"
              .formatted(paths.size(), paths.get(0), request.scoring().weights()));
    }
    if (infos.values().stream().noneMatch(ModelInfo::isForeign)) {
      modules.requireNone();
    }
    Candidates candidates = new Candidates(infos, moduleClasses.file());
    candidates.requireDistinctNames();
    return candidates;
  }

  /** Adds the class names given by flags to a module that has none. */
  private static ModelFile named(String path, ModelFile model, List<String> names)
      throws IOException {
    if (names.isEmpty() || !model.info().isForeign()) {
      return model;
    }
    int logits = model.info().classes().size();
    if (names.size() != logits) {
      throw new IOException(
          "%s gives %d logits, and --moduleClasses names %d classes"
              .formatted(path, logits, names.size()));
    }
    return model.withClasses(names);
  }

  /** Paths without their suffixes, except for modules that lie beside their checkpoint. */
  private static List<String> bare(List<String> paths) {
    Map<String, Long> count =
        paths.stream()
            .collect(Collectors.groupingBy(ModelFormats::withoutSuffix, Collectors.counting()));
    return paths.stream()
        .map(
            path -> {
              String bare = ModelFormats.withoutSuffix(path);
              boolean alone = count.get(bare) == 1 || path.endsWith(Checkpoint.SUFFIX);
              return alone ? bare : path;
            })
        .toList();
  }

  /** Rows and tallies are identified by name. */
  private void requireDistinctNames() {
    Map<String, Candidate> byName = new LinkedHashMap<>();
    for (Candidate candidate : infos.keySet()) {
      Candidate other = byName.put(candidate.name(), candidate);
      if (other != null) {
        throw new UsageException(
            "%s and %s would both be %s in the report; rename one of the files, or give one --precision at a time"
                .formatted(described(other), described(candidate), candidate.name()));
      }
    }
  }

  private static String described(Candidate candidate) {
    return candidate.path() + " in " + candidate.precision().title();
  }

  private static void requireKnownClasses(
      String path, List<String> own, EvaluateRequest request, List<String> dataset)
      throws IOException {
    boolean numbers = ClassNames.areNumbers(own);
    try {
      LabelMapping.of(dataset, own);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s does not fit %s, split %s: %s; score it on data of classes that it knows%s"
              .formatted(
                  path,
                  request.data(),
                  request.split(),
                  e.getMessage(),
                  !numbers
                      ? ""
                      : path.endsWith(Checkpoint.SUFFIX)
                          ? ", or import it with --data, which names its own"
                          : ", or name its own by --moduleClasses=FILE, in the order of its logits"),
          e);
    }
  }

  /** Whether any candidate knows more classes than the data has. */
  boolean knowMoreThan(List<String> classes) {
    return infos.keySet().stream().anyMatch(file -> file.classes().size() > classes.size());
  }

  List<String> names() {
    return infos.keySet().stream().map(Candidate::name).toList();
  }

  /** The candidates to score: one for each distinct file content and precision. */
  List<Candidate> distinct() {
    return List.copyOf(byContent().values());
  }

  /** The name under which a candidate is scored; empty if no candidate has this name. */
  List<String> scoredAs(String name) {
    Map<String, Candidate> distinct = byContent();
    return infos.keySet().stream()
        .filter(candidate -> candidate.name().equals(name))
        .map(candidate -> distinct.get(candidate.key()).name())
        .toList();
  }

  /** For each candidate that is not scored, since another has the same content: that one's name. */
  Map<String, String> copies() {
    Map<String, Candidate> distinct = byContent();
    Map<String, String> copies = new LinkedHashMap<>();
    for (Candidate candidate : infos.keySet()) {
      String scored = distinct.get(candidate.key()).name();
      if (!scored.equals(candidate.name())) {
        copies.put(candidate.name(), scored);
      }
    }
    return copies;
  }

  private Map<String, Candidate> byContent() {
    Map<String, Candidate> distinct = new LinkedHashMap<>();
    infos.keySet().forEach(candidate -> distinct.putIfAbsent(candidate.key(), candidate));
    return distinct;
  }

  /** All candidates with their scores, in order. */
  List<Row> rows(Scores scores, Manifest data, int batchSize) {
    Map<String, Candidate> distinct = byContent();
    List<Row> rows = new ArrayList<>();
    infos.forEach(
        (candidate, info) -> {
          String name = distinct.get(candidate.key()).name();
          rows.add(
              Row.of(candidate, info, moduleClasses, data, batchSize, scores.tallies().get(name))
                  .withDefeat(scores.defeats().get(name)));
        });
    return rows;
  }
}
