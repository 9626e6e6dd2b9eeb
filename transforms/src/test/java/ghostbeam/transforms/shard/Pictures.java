package ghostbeam.transforms.shard;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Image files for tests. */
final class Pictures {
  private Pictures() {}

  /** An RGB JPEG of noise that depends on the seed. */
  static byte[] jpeg(int width, int height, long seed) {
    byte[] rgb = new byte[width * height * 3];
    new Random(seed).nextBytes(rgb);
    return Codec.best().encodeJpeg(new Pixels(width, height, rgb), 80);
  }

  /** A file written by ImageIO. */
  static byte[] file(String format, int width, int height, int type) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D pen = image.createGraphics();
    pen.setColor(Color.LIGHT_GRAY);
    pen.fillOval(0, 0, width, height);
    pen.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    return bytes.toByteArray();
  }
}
