package ghostbeam.pipelines.average;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.dataset.ClassNames;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.report.ShortNames;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint to average with others, of which only the metadata is read.
 *
 * @param name short, unique among the others
 * @param digest SHA-256 of the file
 */
record Part(String path, String name, String digest, CheckpointInfo info) {

  /**
   * Reads and checks files; of identical files only the first is kept.
   *
   * @throws IOException if fewer than two are left, or they differ in network, classes or
   *     preprocessing
   */
  static List<Part> read(Storage storage, List<String> paths) throws IOException {
    Map<String, String> names =
        ShortNames.of(
            paths.stream().map(path -> path.replaceFirst("[.]safetensors$", "")).toList(),
            TrainingFolder.CHECKPOINTS);
    List<String> shortNames = List.copyOf(names.values());
    Map<String, Part> byDigest = new LinkedHashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      MessageDigest digest = Sha256.begin();
      CheckpointInfo info = Checkpoint.readInfo(storage, paths.get(i), digest);
      Part part = new Part(paths.get(i), shortNames.get(i), Sha256.end(digest), info);
      byDigest.putIfAbsent(part.digest, part);
    }
    List<Part> parts = new ArrayList<>(byDigest.values());
    if (parts.size() < 2) {
      throw new IOException(
          "a mean needs two checkpoints, but --checkpoints names only %s%s; give more"
              .formatted(
                  parts.get(0).path,
                  paths.size() == 1 ? "" : ", and %d copies of it".formatted(paths.size() - 1)));
    }
    for (Part part : parts) {
      part.requireLike(parts.get(0));
    }
    return parts;
  }

  private void requireLike(Part first) throws IOException {
    if (!info.architecture().equals(first.info.architecture())) {
      throw new IOException(
          "%s is a %s, but %s a %s; only checkpoints of the same network can be averaged"
              .formatted(
                  first.path,
                  described(first.info.architecture()),
                  path,
                  described(info.architecture())));
    }
    Optional<String> classes = ClassNames.difference(first.info.classes(), info.classes());
    if (classes.isPresent()) {
      throw new IOException(
          "the classes of %s and %s differ: %s; only checkpoints of the same classes can be averaged"
              .formatted(first.path, path, classes.get()));
    }
    if (!info.preprocessing().equals(first.info.preprocessing())) {
      throw new IOException(
          ("%s and %s preprocess images differently: %s and %s; only checkpoints with the same"
                  + " preprocessing can be averaged")
              .formatted(first.path, path, first.info.preprocessing(), info.preprocessing()));
    }
  }

  private static String described(Architecture architecture) {
    return String.format(
        Locale.ROOT,
        "%s of %,d parameters at %d px",
        architecture.name(),
        Outline.of(architecture).trainableParameters(),
        architecture.inputSize());
  }

  /** Reads the weights; fails if the file has changed. */
  Weights weights(Storage storage) throws IOException {
    Checkpoint checkpoint = Checkpoint.read(storage, path);
    if (!checkpoint.digest().equals(digest)) {
      throw new IOException(path + " changed while it was averaged; average again");
    }
    return checkpoint.weights();
  }
}
