package ghostbeam.transforms.prediction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritePredictionsTest {
  private static final int RECORDS = 20_000;

  @TempDir Path root;

  @Test
  void bytesDoNotDependOnOrderOrGroupingOfLines() throws IOException {
    byte[] one = write("one", 16, 1);
    assertArrayEquals(one, write("other", 100, 2));
    StringBuilder expected = new StringBuilder(PredictionLine.HEADER);
    for (int record = 0; record < RECORDS; record++) {
      expected.append(line(record));
    }
    assertEquals(expected.toString(), text(one));
    assertEquals(0, one[3], "no flags, such as a name");
    assertArrayEquals(new byte[4], Arrays.copyOfRange(one, 4, 8), "no time");
  }

  @Test
  void partFilesAreBesideTheFileAndRecognised() throws IOException {
    write("whole", 64, 1);
    try (Stream<Path> files = Files.list(root.resolve("whole/a"))) {
      List<Path> parts = files.filter(file -> WritePredictions.isPart(file.toString())).toList();
      assertEquals(3, parts.size());
    }
    assertFalse(WritePredictions.isPart(root.resolve("whole/a/b.csv.gz").toString()));
    assertTrue(Files.exists(root.resolve("whole/a/b.csv.gz")));
  }

  private byte[] write(String folder, int together, long seed) throws IOException {
    List<KV<KV<String, Long>, KV<Long, String>>> lines = new ArrayList<>();
    for (int first = 0; first < RECORDS; first += together) {
      StringBuilder text = new StringBuilder();
      int from = first;
      for (int record = first; record < Math.min(RECORDS, first + together); record++) {
        if (WritePredictions.block(record) != WritePredictions.block(from)) {
          add(lines, from, text);
          text.setLength(0);
          from = record;
        }
        text.append(line(record));
      }
      add(lines, from, text);
    }
    Collections.shuffle(lines, new Random(seed));
    String prefix = root.resolve(folder).toString();
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(lines).withCoder(WritePredictions.CODER))
        .apply(WritePredictions.to(Storage.local(), name -> prefix + "/" + name + ".csv.gz"));
    pipeline.run().waitUntilFinish();
    return Files.readAllBytes(root.resolve(folder).resolve("a/b.csv.gz"));
  }

  private static void add(
      List<KV<KV<String, Long>, KV<Long, String>>> lines, long from, StringBuilder text) {
    lines.add(KV.of(KV.of("a/b", WritePredictions.block(from)), KV.of(from, text.toString())));
  }

  private static String line(int record) {
    return record + ",n01/" + record + ".JPEG\n";
  }

  private static String text(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
