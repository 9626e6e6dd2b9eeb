package ghostbeam.model.codec;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The JDK's image readers, for the few files that OpenCV does not read, or not right. */
final class JdkReader {
  private static final String UNREADABLE = "its coded data cannot be read";

  static {
    OutsideJob.loadImageIo();
  }

  private JdkReader() {}

  /** What is asked of a reader. */
  @FunctionalInterface
  interface Question<T> {
    T ask(ImageReader reader) throws IOException;
  }

  /**
   * An answer of a reader for a file's first image.
   *
   * @throws UndecodableImageException where the reader fails
   */
  static <T> T read(String format, byte[] file, Question<T> question)
      throws UndecodableImageException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return question.ask(reader);
    } catch (IIOException e) {
      throw UndecodableImageException.broken(format, cause(e));
    } catch (IOException | RuntimeException e) { // readers throw either where they lose their way
      throw UndecodableImageException.broken(format, UNREADABLE);
    } finally {
      reader.dispose();
    }
  }

  /** libjpeg's words; what a reader says of itself rather than of the file is none. */
  private static String cause(IIOException failure) {
    String said = failure.getMessage();
    boolean empty = said == null || said.isBlank() || said.endsWith("!");
    return empty ? UNREADABLE : said.lines().findFirst().orElseThrow();
  }

  /**
   * A file's first image on a white page of its size.
   *
   * @throws UndecodableImageException where the reader fails
   */
  static Pixels overWhite(byte[] file, ImageHeader page) throws UndecodableImageException {
    BufferedImage picture = read(page.format(), file, reader -> reader.read(0));
    BufferedImage paper =
        new BufferedImage(page.width(), page.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = paper.createGraphics();
    try {
      canvas.setColor(Color.WHITE);
      canvas.fillRect(0, 0, paper.getWidth(), paper.getHeight());
      canvas.drawImage(picture, 0, 0, null);
    } finally {
      canvas.dispose();
    }
    return toPixels(paper);
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
