package ghostbeam.pipelines.evaluate;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * ImageNet-like JPEGs as original bytes in records. {@code -Dghostbeam.corpus=FOLDER} names a
 * folder of class folders, so that peers may be measured on the same images; without it the images
 * are made here, in ImageNet's mix of sizes and of about 100 KiB.
 */
public final class BenchCorpus {
  private static final int CLASSES = 10;
  private static final int IMAGES = 1024;

  private BenchCorpus() {}

  /** Writes the records, split {@code val} in eight shards, and returns their folder. */
  static Path records(Path root) throws IOException {
    Path images = images(root);
    Path records = root.resolve("records");
    PreprocessPipeline.run(
        PipelineOptionsFactory.fromArgs(
                "--input=" + images, "--output=" + records, "--split=val", "--shards=8")
            .as(PreprocessOptions.class),
        new PrintStream(OutputStream.nullOutputStream(), true));
    return records;
  }

  /** The folder of class folders that was named, or is made now. */
  public static Path images(Path root) {
    String given = System.getProperty("ghostbeam.corpus", "");
    return given.isEmpty() ? make(root.resolve("images")) : Path.of(given);
  }

  private static Path make(Path folder) {
    IntStream.range(0, IMAGES)
        .parallel()
        .forEach(
            number -> {
              try {
                Path synset =
                    Files.createDirectories(folder.resolve("n%08d".formatted(number % CLASSES)));
                Files.write(
                    synset.resolve("ILSVRC2012_val_%08d.JPEG".formatted(number + 1)), jpeg(number));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return folder;
  }

  private static byte[] jpeg(int number) {
    SplittableRandom random = new SplittableRandom(number);
    double kind = random.nextDouble();
    int width = kind < 0.45 || (kind >= 0.6 && kind < 0.75) ? 500 : 375;
    int height = kind < 0.45 ? 375 : kind < 0.6 ? 500 : 333;
    if (kind >= 0.75) {
      width = kind < 0.95 ? random.nextInt(200, 640) : random.nextInt(640, 1200);
      height = kind < 0.95 ? random.nextInt(200, 560) : random.nextInt(480, 1000);
    }
    return Codec.best()
        .encodeJpeg(new Pixels(width, height, rgb(width, height, random)), random.nextInt(82, 95));
  }

  /** Waves of falling strength, edges and a sensor's grain. */
  private static byte[] rgb(int width, int height, SplittableRandom random) {
    double[][] waves = new double[6][];
    for (int i = 0; i < waves.length; i++) {
      double frequency = Math.exp(random.nextDouble(Math.log(0.01), Math.log(0.8)));
      double angle = random.nextDouble(Math.PI);
      waves[i] =
          new double[] {
            frequency * Math.cos(angle),
            frequency * Math.sin(angle),
            random.nextDouble(2 * Math.PI),
            2.4 / Math.sqrt(frequency)
          };
    }
    byte[] rgb = new byte[width * height * 3];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double level = 118 + 13 * random.nextGaussian();
        level += (x * 5 / width + y * 3 / height) % 2 == 0 ? 25 : -25;
        for (double[] wave : waves) {
          level += wave[3] * Math.sin(wave[0] * x + wave[1] * y + wave[2]) * 2;
        }
        for (int c = 0; c < 3; c++) {
          rgb[i++] = (byte) Math.max(0, Math.min(255, Math.round(level + 12 * (c - 1))));
        }
      }
    }
    return rgb;
  }
}
