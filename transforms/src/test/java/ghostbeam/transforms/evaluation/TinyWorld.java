package ghostbeam.transforms.evaluation;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A one-shard dataset and checkpoints of tiny networks, on disk. */
final class TinyWorld {
  static final int RECORDS = 21;
  private static final List<String> CLASSES = List.of("a", "b", "c");

  private final Path root;

  TinyWorld(Path root) {
    this.root = root;
  }

  String folder() {
    return root.toString();
  }

  /** Record n has label n mod 3; records with the given numbers are undecodable. */
  Manifest dataset(Set<Integer> undecodable) throws IOException {
    String name = "val-00000-of-00001";
    String path = root.resolve(name + ".tfrecord").toString();
    Manifest.Shard shard;
    try (ShardWriter writer = new ShardWriter(Storage.local().create(path))) {
      for (int record = 0; record < RECORDS; record++) {
        byte[] image = undecodable.contains(record) ? new byte[] {1, 2, 3} : image(record);
        int label = record % 3;
        String file = record + ".JPEG";
        writer.write(
            new Example(image, "JPEG", 32, 32, 3, "RGB", label, CLASSES.get(label), file, "", ""));
      }
      shard = Manifest.Shard.of(name + ".tfrecord", writer);
      Storage.local()
          .writeWhole(root.resolve(name + ".index").toString(), ByteBuffer.wrap(writer.index()));
    }
    Manifest manifest =
        new Manifest(
                Manifest.FORMAT,
                "val",
                RECORDS,
                CLASSES,
                List.of(7L, 7L, 7L),
                Manifest.ORDINARY_LABELS,
                1,
                new Manifest.Settings("original", 0, 0, "opencv"),
                new Manifest.Source("/somewhere", RECORDS, "sha256:0"),
                List.of(shard),
                0,
                "")
            .withDigest();
    Storage.local().delete(folder() + "/val-manifest.json");
    manifest.write(Storage.local(), folder());
    return manifest;
  }

  private static byte[] image(int record) {
    byte[] rgb = new byte[32 * 32 * 3];
    new Random(record).nextBytes(rgb);
    return Codec.best().encodeJpeg(new Pixels(32, 32, rgb), 95);
  }

  /** A checkpoint with random weights, as a candidate named like its file. */
  Candidate candidate(String name, long seed, int inputSize) throws IOException {
    List<Integer> ones = List.of(1, 1, 1, 1, 1, 1);
    List<Integer> eights = List.of(8, 8, 8, 8, 8, 8);
    Architecture tiny =
        BigNet.of(ones, eights, false).named("tiny").withInputSize(32).withClasses(CLASSES.size());
    ValidationView view = new ValidationView(inputSize, 0.875, Interpolation.PILLOW);
    CheckpointInfo info =
        new CheckpointInfo(
            tiny, WeightKind.RAW, new CheckpointInfo.Training(1, 1, "", ""), CLASSES, view);
    String path = root.resolve(name + ".safetensors").toString();
    Checkpoint.write(Storage.local(), path, info, tiny.initialWeights(seed));
    return Candidate.read(Storage.local(), path).named(name);
  }
}
