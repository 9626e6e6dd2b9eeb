package ghostbeam.model.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

/**
 * The files of golden/preprocess and golden/odd; PNG pixels are read by the JDK, independently of
 * our codecs.
 */
public final class GoldenImages {
  private GoldenImages() {}

  public static byte[] file(String name) {
    return resource("preprocess/" + name);
  }

  /** A file of golden/odd. */
  public static byte[] oddFile(String name) {
    return resource("odd/" + name);
  }

  /** The verdicts of golden/odd. */
  public static Stream<JsonNode> odd() {
    try {
      JsonNode rows = new ObjectMapper().readTree(oddFile("odd.json"));
      return StreamSupport.stream(rows.spliterator(), false);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] resource(String path) {
    try (InputStream in = GoldenImages.class.getResourceAsStream("/golden/" + path)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Stream<JsonNode> rows(String list) {
    return rows("preprocess.json", list);
  }

  /** torchvision's results for the decoded images, or its crops' positions. */
  public static Stream<JsonNode> torchvisionRows(String list) {
    return rows("torchvision.json", list);
  }

  private static Stream<JsonNode> rows(String file, String list) {
    try {
      JsonNode tree = new ObjectMapper().readTree(file(file));
      return StreamSupport.stream(tree.get(list).spliterator(), false);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Pixels png(String name) {
    return read(file(name));
  }

  public static Pixels oddPixels(String name) {
    return read(oddFile(name));
  }

  private static Pixels read(byte[] png) {
    try {
      return pixels(ImageIO.read(new ByteArrayInputStream(png)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Pixels pixels(BufferedImage image) {
    byte[] rgb = new byte[image.getWidth() * image.getHeight() * 3];
    for (int y = 0, at = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int argb = image.getRGB(x, y);
        rgb[at++] = (byte) (argb >> 16);
        rgb[at++] = (byte) (argb >> 8);
        rgb[at++] = (byte) argb;
      }
    }
    return new Pixels(image.getWidth(), image.getHeight(), rgb);
  }

  /** Largest difference between corresponding samples. */
  public static int largestDifference(Pixels a, Pixels b) {
    int largest = 0;
    for (int i = 0; i < a.rgb().length; i++) {
      largest = Math.max(largest, Math.abs((a.rgb()[i] & 0xFF) - (b.rgb()[i] & 0xFF)));
    }
    return largest;
  }

  /** Root of the mean squared difference, in grey levels. */
  public static double rms(Pixels a, Pixels b) {
    double sum = 0;
    for (int i = 0; i < a.rgb().length; i++) {
      int difference = (a.rgb()[i] & 0xFF) - (b.rgb()[i] & 0xFF);
      sum += difference * difference;
    }
    return Math.sqrt(sum / a.rgb().length);
  }

  /** Both codecs, or the one available on this machine. */
  public static Stream<Codec> codecs() {
    Stream<String> names =
        TurboJpeg.ABSENCE.isEmpty() ? Stream.of("opencv", "turbojpeg") : Stream.of("opencv");
    return names.map(Codecs::named);
  }
}
