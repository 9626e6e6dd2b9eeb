package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs inspect, and writes a dataset to run it on. */
abstract class InspectCase {
  static final List<String> CLASSES = List.of("n00_cat", "n01_dog");

  @TempDir Path folder;

  static String inspect(String what, boolean json) throws IOException {
    InspectOptions options = PipelineOptionsFactory.as(InspectOptions.class);
    options.setWhat(List.of(what));
    options.setJson(json);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InspectJob.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  static JsonNode facts(String what) throws IOException {
    return JsonMapper.builder().build().readTree(inspect(what, true));
  }

  /** A dataset of one shard with three images, one of them wider; returns the shard's path. */
  Path writeDataset() throws IOException {
    return writeDataset("val");
  }

  /** Of black images. */
  Path writeDataset(String split) throws IOException {
    return writeDataset(split, null);
  }

  Path writeDataset(String split, Random noise) throws IOException {
    String file = DatasetFolder.shard(split, 0, 1);
    Path path = folder.resolve(file);
    try (ShardWriter writer = new ShardWriter(Storage.local().create(path.toString()))) {
      for (int i = 0; i < 3; i++) {
        byte[] pixels = new byte[(2 + i / 2) * 2 * 3];
        if (noise != null) {
          noise.nextBytes(pixels);
        }
        writer.write(
            new Example(
                pixels,
                "RAW",
                2 + i / 2,
                2,
                3,
                "RGB",
                i % 2,
                CLASSES.get(i % 2),
                i + ".JPEG",
                "",
                ""));
      }
      Files.write(folder.resolve(DatasetFolder.index(file)), writer.index());
      new Manifest(
              Manifest.FORMAT,
              split,
              3,
              CLASSES,
              List.of(2L, 1L),
              Manifest.ORDINARY_LABELS,
              7,
              new Manifest.Settings("raw", 0, 95, "none"),
              new Manifest.Source("somewhere", 4, "sha256:00"),
              List.of(Manifest.Shard.of(file, writer)),
              1,
              "")
          .withDigest()
          .write(Storage.local(), folder.toString());
    }
    return path;
  }
}
