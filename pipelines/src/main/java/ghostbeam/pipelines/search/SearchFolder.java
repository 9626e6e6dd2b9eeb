package ghostbeam.pipelines.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingFolder;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of one search: {@code request.json}, {@code proxy/}, a folder a step with a training's
 * folder and a tally for each candidate, {@code search.json} and {@code search.html}.
 *
 * @param path of the folder, local or a URI
 */
record SearchFolder(Storage storage, String path) implements Serializable {
  private static final int LIMIT_BYTES = 1 << 30;
  private static final Pattern OURS =
      Pattern.compile("(request[.]json|search[.](json|html)|proxy/[^/]+|step-\\d+/.+)");
  private static final Pattern STATE = Pattern.compile("step-\\d+/[^/]+/state/.+");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What each of its jobs is called; a cluster runs one of this name at a time. */
  String job() {
    return "search " + path;
  }

  /** Held by the run that writes here. */
  String lock() {
    return Storage.resolve(path, "search.lock");
  }

  /** What was asked for, which a run that goes on must ask for, too. */
  private String request() {
    return Storage.resolve(path, "request.json");
  }

  String json() {
    return Storage.resolve(path, "search.json");
  }

  String page() {
    return Storage.resolve(path, "search.html");
  }

  /** A dataset's folder: the proxy task. */
  String proxy() {
    return Storage.resolve(path, "proxy");
  }

  private String step(int number) {
    return Storage.resolve(path, "step-" + number);
  }

  TrainingFolder training(int step, String name) {
    return new TrainingFolder(Storage.resolve(step(step), name));
  }

  /** What a candidate scored, there once it is trained. */
  String tally(int step, String name) {
    return Storage.resolve(step(step), name + ".tally");
  }

  boolean isScored(int step, String name) throws IOException {
    return storage.exists(tally(step, name));
  }

  Tally readTally(int step, String name) throws IOException {
    return Tally.fromBytes(storage.readWhole(tally(step, name), LIMIT_BYTES));
  }

  void write(String file, String text) throws IOException {
    storage.writeWhole(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Begins a search, or goes on with it.
   *
   * @param overwrite whether to begin anew in any case
   * @throws IOException where there is one that was asked for otherwise, saying how, or files that
   *     have a search's names and are of none
   */
  void begin(JsonNode request, boolean overwrite) throws IOException {
    boolean holdsSearch = storage.exists(request());
    if (holdsSearch && !overwrite) {
      requireSame(request);
      return;
    }
    if (holdsSearch) {
      clear();
    } else {
      requireFree();
    }
    write(request(), request.toString());
  }

  /** The request is a search's first file and its last: what lies here without it is not ours. */
  private void requireFree() throws IOException {
    for (String folder : List.of(proxy(), step(1))) {
      if (!storage.list(folder).isEmpty()) {
        throw new IOException(
            "%s is there without the request of a search that it would be of; choose another --output, or move it away"
                .formatted(folder));
      }
    }
  }

  private void requireSame(JsonNode request) throws IOException {
    Map<String, String> before = leaves(JSON.readTree(storage.readWhole(request(), LIMIT_BYTES)));
    Map<String, String> now = leaves(JSON.readTree(request.toString()));
    for (Map.Entry<String, String> was : before.entrySet()) {
      String is = now.getOrDefault(was.getKey(), "not there");
      if (!was.getValue().equals(is)) {
        throw new IOException(
            "%s holds a search whose %s is %s, not %s; choose another --output, or replace it with --overwrite"
                .formatted(path, was.getKey(), was.getValue(), is));
      }
    }
  }

  private static Map<String, String> leaves(JsonNode tree) {
    Map<String, String> leaves = new TreeMap<>();
    addLeaves(leaves, "request", tree);
    return leaves;
  }

  private static void addLeaves(Map<String, String> leaves, String name, JsonNode value) {
    if (value.isObject()) {
      value.properties().forEach(part -> addLeaves(leaves, part.getKey(), part.getValue()));
    } else {
      leaves.put(name, value.toString());
    }
  }

  /**
   * A training's state goes before the log that it counts on, and the request last: whenever this
   * is killed, what is left is a search that can go on.
   */
  private void clear() throws IOException {
    String prefix = Storage.resolve(path, "");
    List<String> ours =
        new ArrayList<>(
            storage.list(path).stream()
                .map(Storage.Entry::path)
                .filter(file -> file.startsWith(prefix))
                .filter(file -> OURS.matcher(file.substring(prefix.length())).matches())
                .filter(file -> !file.equals(request()))
                .toList());
    Collections.sort(
        ours,
        Comparator.comparing(
                (String file) -> !STATE.matcher(file.substring(prefix.length())).matches())
            .thenComparing(Comparator.reverseOrder()));
    for (String file : ours) {
      storage.delete(file);
    }
    storage.delete(request());
  }
}
