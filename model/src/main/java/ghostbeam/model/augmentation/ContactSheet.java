package ghostbeam.model.augmentation;

import ghostbeam.model.codec.OutsideJob;
import ghostbeam.model.codec.Pixels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** A grid of images of one size, for visual inspection. */
public final class ContactSheet {
  private static final int GAP = 4;
  private static final byte WHITE = (byte) 255;

  static {
    OutsideJob.loadImageIo();
  }

  private ContactSheet() {}

  /**
   * The images as a PNG file's bytes, row by row from the left.
   *
   * @param rows rows of equally many images of one size
   */
  public static byte[] png(List<List<Pixels>> rows) throws IOException {
    Pixels first = rows.get(0).get(0);
    int cellWidth = first.width() + GAP;
    int cellHeight = first.height() + GAP;
    int width = rows.get(0).size() * cellWidth + GAP;
    int height = rows.size() * cellHeight + GAP;
    byte[] sheet = new byte[Math.multiplyExact(width * 3, height)];
    Arrays.fill(sheet, WHITE);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        int left = GAP + column * cellWidth;
        int top = GAP + row * cellHeight;
        put(rows.get(row).get(column), sheet, (top * width + left) * 3, width * 3);
      }
    }
    return png(width, height, sheet);
  }

  private static void put(Pixels image, byte[] sheet, int corner, int stride) {
    int bytes = image.width() * 3;
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(image.rgb(), y * bytes, sheet, corner + y * stride, bytes);
    }
  }

  private static byte[] png(int width, int height, byte[] rgb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < rgb.length; i += 3) {
      int color = ((rgb[i] & 0xFF) << 16) | ((rgb[i + 1] & 0xFF) << 8) | (rgb[i + 2] & 0xFF);
      image.setRGB(i / 3 % width, i / 3 / width, color);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
