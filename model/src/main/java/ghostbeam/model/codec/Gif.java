package ghostbeam.model.codec;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;

/** The first frame of a GIF over white, by the JDK; OpenCV 4.9 knows no GIF. */
final class Gif {
  private Gif() {}

  static Pixels decode(byte[] file, ImageHeader header) throws UndecodableImageException {
    GifFrame frame = GifFrame.first(file);
    BufferedImage page =
        new BufferedImage(header.width(), header.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = page.createGraphics();
    try {
      canvas.setColor(Color.WHITE);
      canvas.fillRect(0, 0, page.getWidth(), page.getHeight());
      BufferedImage picture = JdkReader.read("gif", file, reader -> reader.read(0));
      canvas.drawImage(picture, frame.left(), frame.top(), null);
    } catch (IOException | RuntimeException e) { // the JDK's reader throws either for a broken file
      throw new UndecodableImageException("broken GIF: " + e.getMessage());
    } finally {
      canvas.dispose();
    }
    return toPixels(page);
  }

  private static Pixels toPixels(BufferedImage page) {
    int[] samples = ((DataBufferInt) page.getRaster().getDataBuffer()).getData();
    byte[] rgb = new byte[samples.length * 3];
    for (int i = 0, at = 0; i < samples.length; i++) {
      rgb[at++] = (byte) (samples[i] >> 16);
      rgb[at++] = (byte) (samples[i] >> 8);
      rgb[at++] = (byte) samples[i];
    }
    return new Pixels(page.getWidth(), page.getHeight(), rgb);
  }
}
