package ghostbeam.pipelines.evaluate;

import java.util.List;
import java.util.stream.Stream;

/** Jobs of each kind that take a moment, for clusters that run many. */
final class SmallJobs {
  private SmallJobs() {}

  /** What makes the records that jobs of {@link #round} read: of images, and of records of them. */
  static List<List<String>> prepare(Scene scene) {
    return List.of(
        preprocess(scene, "images", "small", "train"),
        preprocess(
            scene, "data", "small", "val", "--classes=" + scene.path("data/val-manifest.json")));
  }

  /** A preprocess, a train and an evaluate. */
  static List<List<String>> round(Scene scene, int number) {
    return Stream.concat(
            Stream.of(preprocess(scene, "images", "records-" + number, "val")),
            learnAndScore(scene, number).stream())
        .toList();
  }

  /** A train and an evaluate. */
  static List<List<String>> learnAndScore(Scene scene, int number) {
    String data = "--data=" + scene.path("small");
    String trained = scene.path("trained-" + number).toString();
    return List.of(
        List.of(
            "train",
            data,
            "--output=" + trained,
            "--layers=1,1,1,1,1,1",
            "--channels=8,8,8,8,8,8",
            "--inputSize=32",
            "--ranks=2",
            "--batchSize=8",
            "--epochs=1",
            "--warmupEpochs=0",
            "--opt=momentum"),
        List.of(
            "evaluate",
            data,
            "--checkpoints=" + trained,
            "--output=" + scene.path("scored-" + number)));
  }

  private static List<String> preprocess(
      Scene scene, String input, String output, String split, String... more) {
    return Stream.concat(
            Stream.of(
                "preprocess",
                "--input=" + scene.path(input),
                "--output=" + scene.path(output),
                "--split=" + split,
                "--shards=2"),
            Stream.of(more))
        .toList();
  }
}
