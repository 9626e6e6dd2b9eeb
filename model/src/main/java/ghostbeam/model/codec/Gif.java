package ghostbeam.model.codec;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.Element;

/** The first frame of a GIF over white, by the JDK; OpenCV 4.9 knows no GIF. */
final class Gif {
  private Gif() {}

  static Pixels decode(byte[] file, ImageHeader header) throws UndecodableImageException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, false);
      if ((long) reader.getWidth(0) * reader.getHeight(0) > ImageHeader.MAX_PIXELS) {
        throw new UndecodableImageException("GIF with a frame of too many pixels");
      }
      IIOMetadata metadata = reader.getImageMetadata(0);
      Element place =
          (Element)
              ((Element) metadata.getAsTree(metadata.getNativeMetadataFormatName()))
                  .getElementsByTagName("ImageDescriptor")
                  .item(0);
      BufferedImage page =
          new BufferedImage(header.width(), header.height(), BufferedImage.TYPE_INT_RGB);
      Graphics2D canvas = page.createGraphics();
      canvas.setColor(Color.WHITE);
      canvas.fillRect(0, 0, page.getWidth(), page.getHeight());
      canvas.drawImage(
          reader.read(0),
          number(place, "imageLeftPosition"),
          number(place, "imageTopPosition"),
          null);
      canvas.dispose();
      return toPixels(page);
    } catch (IOException | RuntimeException e) { // the JDK's reader throws either for a broken file
      throw new UndecodableImageException("broken GIF: " + e.getMessage());
    } finally {
      reader.dispose();
    }
  }

  private static int number(Element element, String attribute) {
    return Integer.parseInt(element.getAttribute(attribute));
  }

  private static Pixels toPixels(BufferedImage page) {
    int width = page.getWidth();
    byte[] rgb = new byte[width * page.getHeight() * 3];
    int[] row = new int[width];
    for (int y = 0; y < page.getHeight(); y++) {
      page.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * 3;
        rgb[at] = (byte) (row[x] >> 16);
        rgb[at + 1] = (byte) (row[x] >> 8);
        rgb[at + 2] = (byte) row[x];
      }
    }
    return new Pixels(width, page.getHeight(), rgb);
  }
}
