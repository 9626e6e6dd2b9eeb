package ghostbeam.pipelines.preprocess;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Records and modules whose scoring costs next to nothing, so that the rest of evaluation is
 * measured.
 */
final class SmallestScores {
  static final int SIDE = 8;
  private static final int SHARDS = 8;

  /** A module of PyTorch's own that holds code and nothing else. */
  private static final Path CODE_ALONE = Path.of("../model/src/test/resources/modules/throws.pt");

  private SmallestScores() {}

  /** Writes noise, split val, in classes of ImageNet's kind of name, of as many images each. */
  static Manifest records(Path folder, int records, int classes) throws IOException {
    List<String> names = IntStream.range(0, classes).mapToObj("n%08d"::formatted).toList();
    List<Manifest.Shard> shards = new ArrayList<>();
    Random random = new Random(1);
    Files.createDirectories(folder);
    for (int shard = 0; shard < SHARDS; shard++) {
      String name = String.format(Locale.ROOT, "val-%05d-of-%05d", shard, SHARDS);
      try (ShardWriter writer =
          new ShardWriter(Storage.local().create(folder.resolve(name + ".tfrecord").toString()))) {
        for (long record = (long) records * shard / SHARDS;
            record < (long) records * (shard + 1) / SHARDS;
            record++) {
          byte[] rgb = new byte[SIDE * SIDE * 3];
          random.nextBytes(rgb);
          int label = (int) (record % classes);
          String file = "ILSVRC2012_val_%08d.JPEG".formatted(record + 1);
          writer.write(
              new Example(rgb, "RAW", SIDE, SIDE, 3, "RGB", label, names.get(label), file, "", ""));
        }
        shards.add(Manifest.Shard.of(name + ".tfrecord", writer));
        Storage.local()
            .writeWhole(
                folder.resolve(name + ".index").toString(), ByteBuffer.wrap(writer.index()));
      }
    }
    List<Long> counts =
        IntStream.range(0, classes)
            .mapToObj(label -> ((long) records + classes - 1 - label) / classes)
            .toList();
    Manifest manifest =
        new Manifest(
                Manifest.FORMAT,
                "val",
                records,
                names,
                counts,
                Manifest.ORDINARY_LABELS,
                1,
                new Manifest.Settings("raw", 0, 0, "none"),
                new Manifest.Source("/noise", records, "sha256:0"),
                shards,
                0,
                "")
            .withDigest();
    manifest.write(Storage.local(), folder.toString());
    return manifest;
  }

  /** Writes a module from images to logits; another number gives other predictions. */
  static void module(Path file, int number, int classes) throws IOException {
    String code =
        """
        class Throws(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          _is_full_backward_hook : Optional[bool]
          def forward(self: __torch__.Throws,
            x: Tensor) -> Tensor:
            mean = torch.unsqueeze(torch.mean(torch.to(x, 6), [1, 2, 3]), 1)
            label = torch.arange(%d, dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False)
            return torch.mul(torch.cos(torch.mul(torch.mul(mean, label), %d.25)), 9.)
        """
            .formatted(classes, number);
    Files.createDirectories(file.getParent());
    try (ZipFile from = new ZipFile(CODE_ALONE.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(file))) {
      for (ZipEntry entry : Collections.list(from.entries())) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        if (entry.getName().endsWith("__torch__.py")) {
          to.write(code.getBytes(US_ASCII));
        } else {
          from.getInputStream(entry).transferTo(to);
        }
      }
    }
  }
}
