package ghostbeam.pipelines;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Noise with a brightness for each class, which a small network soon learns to distinguish. */
public final class NoisePicture {
  private NoisePicture() {}

  /** A square JPEG whose samples lie in [floor, floor + 90). */
  public static byte[] jpeg(int side, int seed, int floor) {
    byte[] rgb = new byte[side * side * 3];
    Random random = new Random(seed);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (floor + random.nextInt(90));
    }
    return Codec.best().encodeJpeg(new Pixels(side, side, rgb), 95);
  }

  /**
   * Class folders of such pictures as a source for preprocess, those of each class brighter than
   * those of the one before it: for few classes, as they overlap.
   */
  public static void writeFolders(Path root, List<String> classes, int eachClass, int side)
      throws IOException {
    Random random = new Random(3);
    for (int label = 0; label < classes.size(); label++) {
      Path folder = Files.createDirectories(root.resolve(classes.get(label)));
      for (int i = 0; i < eachClass; i++) {
        byte[] rgb = new byte[side * side * 3];
        for (int p = 0; p < rgb.length; p++) {
          rgb[p] = (byte) (60 * label + random.nextInt(120));
        }
        Files.write(
            folder.resolve(i + ".JPEG"), Codec.best().encodeJpeg(new Pixels(side, side, rgb), 95));
      }
    }
  }
}
