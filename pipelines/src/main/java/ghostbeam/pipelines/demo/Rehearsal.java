package ghostbeam.pipelines.demo;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A training run for application class-data sharing: preprocesses, trains and evaluates a few tiny
 * images. The {@code run} script has Java archive the classes loaded, so that later processes start
 * faster.
 */
public final class Rehearsal {
  private static final int SIDE = 32;
  private static final int IMAGES_OF_A_CLASS = 4;

  private Rehearsal() {}

  /**
   * Runs the jobs.
   *
   * @param folder an empty folder to work in
   * @param run runs a command line and returns its exit code
   * @return the exit code of the first job that fails, or 0
   */
  public static int play(Path folder, ToIntFunction<String[]> run) throws IOException {
    String images = "--input=" + images(folder.resolve("images"));
    String records = folder.resolve("records").toString();
    String training = folder.resolve("training").toString();
    List<List<String>> jobs =
        List.of(
            List.of("preprocess", images, "--split=train", "--output=" + records),
            List.of("preprocess", images, "--split=val", "--output=" + records),
            List.of(
                "train",
                "--data=" + records,
                "--output=" + training,
                "--preset=ghostnet-1x",
                "--inputSize=" + SIDE,
                "--epochs=1",
                "--warmupEpochs=0",
                "--batchSize=4"),
            List.of(
                "evaluate",
                "--data=" + records,
                "--checkpoints=" + training,
                "--output=" + folder.resolve("report")));
    for (List<String> job : jobs) {
      int exitCode = run.applyAsInt(job.toArray(String[]::new));
      if (exitCode != 0) {
        return exitCode;
      }
    }
    return 0;
  }

  /** Writes images of two classes. */
  private static Path images(Path folder) throws IOException {
    for (int number = 0; number < 2 * IMAGES_OF_A_CLASS; number++) {
      byte[] rgb = new byte[SIDE * SIDE * 3];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) (i * (number + 1));
      }
      Path ofClass = Files.createDirectories(folder.resolve("class" + number % 2));
      Files.write(
          ofClass.resolve(number + ".JPEG"),
          Codec.best().encodeJpeg(new Pixels(SIDE, SIDE, rgb), 90));
    }
    return folder;
  }
}
