package ghostbeam.pipelines.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Damaged PNG, GIF, BMP and WebP files: each that is taken has the pixels that Pillow gives it, but
 * for differences that {@link PillowRule} lists. Skipped without Pillow.
 */
final class PillowTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path SCRIPT =
      Path.of("..", "model", "src", "sample", "python", "decode_with_pillow.py");

  @Test
  void pixelsEqualPillows() throws Exception {
    run(Fuzz.SHORT / 2);
  }

  @Tag("soak")
  @Test
  void pixelsOfManyMoreEqualPillows() throws Exception {
    run(Fuzz.LONG);
  }

  private static void run(int count) throws Exception {
    assumeTrue(hasPillow(), "needs Python with Pillow and NumPy, such as Debian's python3-pil");
    Process pillow =
        new ProcessBuilder(PYTHON, SCRIPT.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Codec codec = Codec.best();
    List<byte[]> samples =
        CodecFuzzTest.samples().stream().filter(file -> !CodecFuzzTest.isJpeg(file)).toList();
    assertTrue(samples.size() > 100);
    Damage damage = new Damage(samples, CodecFuzzTest.trusted());
    Map<PillowRule, Integer> used = new EnumMap<>(PillowRule.class);
    try (DataOutputStream to = new DataOutputStream(pillow.getOutputStream());
        DataInputStream from = new DataInputStream(pillow.getInputStream())) {
      new Fuzz<byte[]>(
              "pillow",
              i -> {
                Dice dice = new Dice(12, i);
                byte[] file = damage.apply(dice);
                return dice.oneIn(10) ? file : CodecFuzzTest.withChunkCrcs(file);
              },
              file -> {
                if (!CodecFuzzTest.isJpeg(file)) {
                  Pixels ours = codec.decode(file);
                  compare(file, ours, answer(file, to, from), used);
                }
              },
              List.of(UndecodableImageException.class),
              file -> Long.MAX_VALUE)
          .run(count);
    } finally {
      pillow.destroyForcibly();
    }
    System.out.println("differences from Pillow by rule: " + used);
  }

  private static void compare(
      byte[] file, Pixels ours, PillowRule.Answer theirs, Map<PillowRule, Integer> used)
      throws UndecodableImageException {
    if (PillowRule.largestDifference(ours, theirs) == 0) {
      return;
    }
    String format = ImageHeader.read(file).format();
    for (PillowRule rule : PillowRule.values()) {
      if (rule.explains(format, file, ours, theirs)) {
        used.merge(rule, 1, Integer::sum);
        return;
      }
    }
    throw new IllegalStateException(
        format
            + " "
            + theirs.reason()
            + " differs by "
            + PillowRule.largestDifference(ours, theirs));
  }

  static PillowRule.Answer answer(byte[] file, DataOutputStream to, DataInputStream from)
      throws IOException {
    to.writeInt(file.length);
    to.write(file);
    to.flush();
    int width = from.readInt();
    int second = from.readInt();
    return width == 0
        ? PillowRule.Answer.refusal(new String(from.readNBytes(second), StandardCharsets.UTF_8))
        : PillowRule.Answer.of(new Pixels(width, second, from.readNBytes(width * second * 3)));
  }

  private static boolean hasPillow() throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of(PYTHON))) {
      return false;
    }
    Process asked = new ProcessBuilder(PYTHON, "-c", "import PIL, numpy").start();
    return asked.waitFor(60, TimeUnit.SECONDS) && asked.exitValue() == 0;
  }
}
