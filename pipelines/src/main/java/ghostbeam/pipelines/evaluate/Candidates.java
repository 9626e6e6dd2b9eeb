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
 * The candidates of an evaluation with what their files say. Files are read once and fit the
 * dataset; those of one content are scored once, under the name of the first.
 *
 * @param infos by candidate, in order of files
 * @param moduleClasses what names the classes of modules that do not; null where nothing does
 */
record Candidates(Map<Candidate, ModelInfo> infos, Report.ClassFile moduleClasses) {

  /**
   * Reads and checks the files before any work starts.
   *
   * @param slots that score a candidate at a time in a worker
   * @throws IOException where one is damaged or does not know a class of the dataset, or where none
   *     has the weights asked for
   * @throws UsageException where a name given to a file's bf16 scores is another file's own
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
    candidates.requireNamesApart();
    return candidates;
  }

  /** A module that does not name its classes gets their names from flags. */
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

  /** Paths without their endings, which modules keep that lie beside their checkpoint. */
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

  /** Rows and tallies go by names. */
  private void requireNamesApart() {
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

  /** Whether any knows more classes than some data has. */
  boolean knowMoreThan(List<String> classes) {
    return infos.keySet().stream().anyMatch(file -> file.classes().size() > classes.size());
  }

  List<String> names() {
    return infos.keySet().stream().map(Candidate::name).toList();
  }

  /** One for each content of files and precision: what is scored. */
  List<Candidate> distinct() {
    return List.copyOf(byContent().values());
  }

  /** Under which name a candidate is scored; empty where there is no candidate of a name. */
  List<String> scoredAs(String name) {
    Map<String, Candidate> distinct = byContent();
    return infos.keySet().stream()
        .filter(candidate -> candidate.name().equals(name))
        .map(candidate -> distinct.get(candidate.key()).name())
        .toList();
  }

  /** By names that are not scored, since their files have the content of another: that one's. */
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

  /** All with their scores, in order. */
  List<Row> rows(Scores scores, Manifest data, int batchSize) {
    Map<String, Candidate> distinct = byContent();
    List<Row> rows = new ArrayList<>();
    infos.forEach(
        (candidate, info) -> {
          String name = distinct.get(candidate.key()).name();
          rows.add(
              Row.of(candidate, info, moduleClasses, data, batchSize, scores.tallies().get(name))
                  .leaving(scores.defeats().get(name)));
        });
    return rows;
  }
}
