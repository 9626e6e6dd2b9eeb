package ghostbeam.pipelines.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Images whose labels are the answers of a tiny network, and checkpoints that are that network with
 * some noise, others of random weights and one of NaNs.
 */
final class RaceScene {
  static final List<String> CLASSES = List.of("n01", "n02", "n03");
  private static final int IMAGES = 420;
  private static final double NOISE = 0.03;
  private static final ValidationView VIEW = new ValidationView(32, 0.875, Interpolation.PILLOW);
  static final Architecture TINY = Scene.tiny(CLASSES.size());

  private final Scene scene;

  RaceScene(Path root) throws IOException {
    scene = new Scene(root);
    Weights truth = TINY.initialWeights(11);
    makeImages(truth);
    dataset("data", 3);
    write("good-1", noisy(truth, 1));
    write("good-2", noisy(truth, 2));
    for (int seed = 1; seed <= 4; seed++) {
      write("bad-" + seed, TINY.initialWeights(20 + seed));
    }
    Weights exploded = TINY.initialWeights(1);
    exploded.get("classifier.bias")[0] = Float.NaN;
    write("exploded", exploded);
  }

  private void makeImages(Weights truth) throws IOException {
    Random random = new Random(7);
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      files.add(Scene.blobs(random));
    }
    levelClasses(truth, logits(truth, files));
    float[] logits = logits(truth, files);
    for (int i = 0; i < IMAGES; i++) {
      int best = 0;
      for (int c = 1; c < CLASSES.size(); c++) {
        best = logits[i * CLASSES.size() + c] > logits[i * CLASSES.size() + best] ? c : best;
      }
      Path folder = Files.createDirectories(path("images").resolve(CLASSES.get(best)));
      Files.write(folder.resolve("image" + i + ".JPEG"), files.get(i));
    }
  }

  /** A network of random weights would predict the same class for nearly all images. */
  private static void levelClasses(Weights weights, float[] logits) {
    for (int c = 0; c < CLASSES.size(); c++) {
      float[] column = new float[IMAGES];
      for (int i = 0; i < IMAGES; i++) {
        column[i] = logits[i * CLASSES.size() + c];
      }
      Arrays.sort(column);
      weights.get("classifier.bias")[c] -= column[IMAGES / 2];
    }
  }

  private static float[] logits(Weights weights, List<byte[]> files) throws IOException {
    ByteBuffer images = ByteBuffer.allocateDirect(files.size() * 32 * 32 * 3);
    try (Classifier classifier = Classifier.of(TINY, weights)) {
      for (byte[] file : files) {
        images.put(VIEW.apply(Codec.best().decode(file)).rgb());
      }
      return classifier.logits(images.flip(), files.size(), 32);
    } catch (UndecodableImageException e) {
      throw new IOException(e);
    }
  }

  private static Weights noisy(Weights truth, long seed) {
    Random random = new Random(seed);
    Weights copy = TINY.initialWeights(11);
    for (int i = 0; i < CLASSES.size(); i++) {
      copy.get("classifier.bias")[i] = truth.get("classifier.bias")[i];
    }
    float[] weight = copy.get("classifier.weight");
    for (int i = 0; i < weight.length; i++) {
      weight[i] *= (float) (1 + NOISE * random.nextGaussian());
    }
    return copy;
  }

  private void write(String name, Weights weights) throws IOException {
    CheckpointInfo info =
        new CheckpointInfo(
            TINY, WeightKind.RAW, new CheckpointInfo.Training(1, 1, "", ""), CLASSES, VIEW);
    String path = path("run").resolve(name + ".safetensors").toString();
    Checkpoint.write(Storage.local(), path, info, weights);
  }

  void dataset(String name, int shards) throws IOException {
    scene.dataset(name, "images", shards);
  }

  /** Runs evaluate as {@link Scene#evaluateRun} does. */
  String evaluate(String output, String... flags) throws IOException {
    return scene.evaluateRun(output, flags);
  }

  JsonNode report(String output) throws IOException {
    return scene.report(output);
  }

  String contents(String folder) throws IOException {
    return scene.contents(folder);
  }

  Path path(String name) {
    return scene.path(name);
  }
}
