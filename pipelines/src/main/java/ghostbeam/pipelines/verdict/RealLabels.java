package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.record.Example;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reassessed labels (Beyer et al. 2020, "Are we done with ImageNet?"): for each image all correct
 * classes, or none if people agreed on none; such images are not counted.
 */
public final class RealLabels {
  private static final int LARGEST = 256 << 20;

  /** Names that a message shows. */
  private static final int EXAMPLES = 3;

  private static final int LONGEST_NAME = 80;

  /** A JSON tree of the smallest tokens takes 30 times their bytes. */
  private static final long MOST_TOKENS = 16 << 20;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
              .build());

  /** ImageNet's own names, and Hugging Face's, which end in the class. */
  private static final Pattern VALIDATION_NAME =
      Pattern.compile("ILSVRC2012_val_(\\d{8})(?:_n\\d{8})?\\.\\w+");

  private final String path;
  private final JsonNode labels;
  private final String digest;

  /** By record number: the dataset's label, and all correct classes. */
  private final List<Answer> answers = new ArrayList<>();

  private record Answer(int label, Set<Integer> right) {}

  private RealLabels(String path, JsonNode labels, String digest) {
    this.path = path;
    this.labels = labels;
    this.digest = digest;
  }

  /**
   * Reads the file given by {@code --realLabels}, the published {@code real.json} or an object with
   * a list for each file name or synset/name, and finds each record's labels by its image's name.
   * Reads the whole dataset; scores nothing.
   *
   * @return null if the flag is not given
   * @throws IOException if the file or the dataset is missing or damaged, the dataset has changed
   *     since it was scored, an image has no entry, or an entry is not a list of the dataset's
   *     classes
   */
  public static RealLabels of(Storage storage, VerdictOptions options, Report.Dataset data)
      throws IOException {
    String path = options.getRealLabels();
    if (path == null || path.isBlank()) {
      return null;
    }
    RealLabels labels = read(storage, Launch.absolute(path));
    try (Dataset dataset = Dataset.open(storage, data.uri(), data.split())) {
      String found = dataset.manifest().digest();
      if (!found.equals(data.digest())) {
        throw new IOException(
            "%s, split %s, is %s now, but was %s when it was scored"
                .formatted(data.uri(), data.split(), found, data.digest()));
      }
      labels.match(dataset);
    }
    return labels;
  }

  private static RealLabels read(Storage storage, String path) throws IOException {
    if (!storage.exists(path)) {
      throw new IOException("--realLabels=" + path + " does not exist");
    }
    byte[] bytes = storage.readWhole(path, LARGEST);
    try {
      JsonNode labels = JSON.readTree(bytes);
      if (!labels.isArray() && !labels.isObject()) {
        throw new IOException(path + " is neither a JSON list nor an object of ReaL labels");
      }
      return new RealLabels(path, labels, Sha256.of(bytes));
    } catch (JsonProcessingException e) {
      throw new IOException(path + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private void match(Dataset dataset) throws IOException {
    int classes = dataset.manifest().classes().size();
    for (long record = 0; record < dataset.manifest().records(); record++) {
      Example example = dataset.read(record);
      answers.add(new Answer(example.label(), of(example, classes)));
    }
  }

  /** {@code sha256:} and 64 hex digits of the file. */
  public String digest() {
    return digest;
  }

  /** The rows with their Top-1 counted by these labels, too. */
  public List<Row> count(List<Row> rows) {
    return rows.stream().map(row -> row.withReal(count(row.tally()))).toList();
  }

  private Proportion count(Tally tally) {
    int correct = 0;
    int counted = 0;
    long seen = Math.min(answers.size(), tally.records()); // of a race, the first ones
    for (int record = 0; record < seen; record++) {
      Answer answer = answers.get(record);
      if (!answer.right.isEmpty()) {
        counted++;
        correct += tally.answersOneOf(record, answer.label, answer.right) ? 1 : 0;
      }
    }
    return new Proportion(correct, counted);
  }

  private Set<Integer> of(Example example, int classes) throws IOException {
    JsonNode entry = entry(example);
    if (entry == null || !entry.isArray()) {
      throw new IOException(
          "%s has no list of labels for image '%s'; it has %s"
              .formatted(path, example.key(), contents()));
    }
    Set<Integer> right = new TreeSet<>();
    for (JsonNode label : entry) {
      if (!label.isInt() || label.asInt() < 0 || label.asInt() >= classes) {
        throw new IOException(
            "%s has label %s for image '%s'; the dataset has %d classes"
                .formatted(path, label, example.filename(), classes));
      }
      right.add(label.asInt());
    }
    return right;
  }

  /** Describes the file, with examples that show how its names differ from the dataset's. */
  private String contents() {
    if (labels.isArray()) {
      return "%d lists, which stand for images called ILSVRC2012_val_00000001.JPEG and so on"
          .formatted(labels.size());
    }
    String examples =
        labels.properties().stream()
            .limit(EXAMPLES)
            .map(entry -> "'" + shortened(entry.getKey()) + "'")
            .collect(Collectors.joining(", "));
    return "%d names%s%s; expected an image's own name, or its class's, a slash and its own"
        .formatted(
            labels.size(),
            examples.isEmpty() ? "" : ": " + examples,
            labels.size() > EXAMPLES ? ", …" : "");
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
  }

  private JsonNode entry(Example example) {
    if (labels.isObject()) {
      JsonNode inFolder = labels.get(example.key());
      return inFolder != null ? inFolder : labels.get(example.filename());
    }
    Matcher name = VALIDATION_NAME.matcher(example.filename());
    return name.matches() ? labels.get(Integer.parseInt(name.group(1)) - 1) : null;
  }
}
