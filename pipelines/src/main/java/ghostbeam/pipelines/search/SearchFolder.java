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
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of one search: {@code request.json}, {@code proxy/}, a folder for each step, {@code
 * search.json} and {@code search.html}. A step's folder has a training's folder for each candidate,
 * and beside it a tally, or the reason why the training diverged.
 *
 * @param path of the folder, local or a URI
 */
record SearchFolder(Storage storage, String path) implements Serializable {
  private static final int LIMIT_BYTES = 1 << 30;
  private static final Pattern OURS =
      Pattern.compile("(request[.]json|search[.](json|html)|proxy/[^/]+|step-\\d+/.+)");
  private static final Pattern STATE = Pattern.compile("step-\\d+/[^/]+/state/.+");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The name of each of its jobs; a cluster runs one of this name at a time. */
  String job() {
    return "search " + path;
  }

  /** Held by the run that writes here. */
  String lock() {
    return Storage.resolve(path, "search.lock");
  }

  /** What was asked for; a run that resumes the search must ask for the same. */
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

  /** A candidate's score, written once it is trained. */
  String tally(int step, String name) {
    return Storage.resolve(step(step), name + ".tally");
  }

  /** Why a candidate has no score, written once its training has diverged. */
  private String divergence(int step, String name) {
    return Storage.resolve(step(step), name + ".diverged.json");
  }

  /** A candidate's result; empty if its training has not ended. */
  Optional<CandidateResult> result(int step, String name) throws IOException {
    if (storage.exists(tally(step, name))) {
      byte[] tally = storage.readWhole(tally(step, name), LIMIT_BYTES);
      return Optional.of(new CandidateResult.Scored(Tally.fromBytes(tally)));
    }
    if (storage.exists(divergence(step, name))) {
      byte[] json = storage.readWhole(divergence(step, name), LIMIT_BYTES);
      return Optional.of(JSON.readValue(json, CandidateResult.Diverged.class));
    }
    return Optional.empty();
  }

  /** Writes why a candidate's training diverged. */
  void write(int step, String name, CandidateResult.Diverged result) throws IOException {
    write(divergence(step, name), JSON.writeValueAsString(result));
  }

  void write(String file, String text) throws IOException {
    storage.writeWhole(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Begins a search, or resumes it.
   *
   * @param overwrite whether to start over in any case
   * @throws IOException if the folder holds a search with other settings, of which the message
   *     names one, or files that have the names of a search's but belong to none
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

  /** The request is the first file that a search writes: files without it are not a search's. */
  private void requireFree() throws IOException {
    for (String folder : List.of(proxy(), step(1))) {
      if (!storage.list(folder).isEmpty()) {
        throw new IOException(
            "%s exists, but there is no request.json of a search; choose another --output, or move it away"
                .formatted(folder));
      }
    }
  }

  private void requireSame(JsonNode request) throws IOException {
    Map<String, String> before = leaves(JSON.readTree(storage.readWhole(request(), LIMIT_BYTES)));
    Map<String, String> now = leaves(JSON.readTree(request.toString()));
    for (Map.Entry<String, String> was : before.entrySet()) {
      String is = now.getOrDefault(was.getKey(), "missing");
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
   * Deletes a training's state before the log that the state relies on, and the request last: if
   * this is killed at any moment, the remaining files are a search that can be resumed.
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
