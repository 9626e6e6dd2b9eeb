package ghostbeam.pipelines.preprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.StreamedSources;
import ghostbeam.pipelines.StreamedSources.Form;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two slots of a JVM with a gigabyte of heap handle images, records and row groups up to their
 * limits.
 */
@Timeout(600)
class StreamedHeapTest {
  private static final int IMAGES_A_FILE = 2;
  private static final int FILES = 8;

  /** Just below the limit of 64 MiB for a record. */
  private static final int LONG_BYTES = 63 << 20;

  private static final int LONGEST_SEGMENT = 65_533;

  @TempDir Path temporary;

  @ParameterizedTest
  @EnumSource
  @Tag("soak")
  void handlesTheLongestImagesInAGigabyte(Form form) throws Exception {
    Path source = Files.createDirectory(temporary.resolve("in"));
    for (int file = 0; file < FILES; file++) {
      List<byte[]> images =
          List.of(longJpeg(LONG_BYTES, 2 * file), longJpeg(LONG_BYTES, 2 * file + 1));
      byte[] bytes =
          form == Form.PARQUET
              ? StreamedSources.parquet(images, i -> i, Long.MAX_VALUE / 4)
              : form.file(images, i -> i);
      Files.write(source.resolve("train-" + file), bytes);
    }
    Path output = temporary.resolve("out");

    String said = preprocess(source, output, 0, "-Xmx1g", "--parallelism=2", "--shards=8");

    assertTrue(said.contains("digest "), said);
    assertEquals(
        IMAGES_A_FILE * FILES,
        Manifest.read(Storage.local(), output.toString(), "train").records());
  }

  /** One line each, before memory is taken for it. */
  @ParameterizedTest
  @EnumSource
  @Tag("soak")
  void refusesWhatIsLongerInOneLine(Form form) throws Exception {
    Path source = temporary.resolve("train-0");
    byte[] image = longJpeg((64 << 20) + 1, 1);
    List<byte[]> images =
        form == Form.PARQUET ? Collections.nCopies(2, image) : List.of(image, new byte[1]);
    Files.write(
        source,
        form == Form.PARQUET
            ? StreamedSources.parquet(images, i -> i, Long.MAX_VALUE / 4)
            : form.file(images, i -> i));

    String said =
        preprocess(
            source, temporary.resolve("out"), 1, "-Xmx512m", "--parallelism=2", "--shards=1");

    List<String> told = said.lines().filter(line -> line.contains(source.toString())).toList();
    assertEquals(1, told.size(), said);
    assertTrue(told.get(0).contains("limit"), said);
  }

  private String preprocess(Path source, Path output, int exit, String heap, String... flags)
      throws Exception {
    List<String> command = FreshJvm.command(heap);
    command.addAll(List.of("ghostbeam.pipelines.Main", "preprocess"));
    command.addAll(List.of("--input=" + source, "--output=" + output, "--classes=2"));
    command.addAll(List.of(flags));
    Path log = temporary.resolve("log");
    Process run =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(run.waitFor(300, TimeUnit.SECONDS), "it does not end");
    String said = Files.readString(log);
    assertEquals(exit, run.exitValue(), said);
    return said;
  }

  /** A small picture behind noise that decoders pass over. */
  private static byte[] longJpeg(int length, int seed) throws IOException {
    byte[] picture = NoisePicture.jpeg(64, seed, 100);
    ByteArrayOutputStream out = new ByteArrayOutputStream(length);
    out.write(picture, 0, 2);
    Random random = new Random(seed);
    for (int left = length - picture.length; left > 4; ) {
      int segment = Math.min(left - 4, LONGEST_SEGMENT);
      segment(out, segment, random);
      left -= segment + 4;
    }
    out.write(picture, 2, picture.length - 2);
    return out.toByteArray();
  }

  private static void segment(OutputStream out, int length, Random random) throws IOException {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    int coded = length + 2;
    out.write(new byte[] {(byte) 0xFF, (byte) 0xE9, (byte) (coded >> 8), (byte) coded});
    out.write(noise);
  }
}
