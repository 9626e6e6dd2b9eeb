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

/** The JDK's image readers, for the few files that OpenCV cannot decode, or decodes wrongly. */
final class JdkReader {
  private static final String UNREADABLE = "its coded data cannot be read";

  static {
    OutsideJob.loadImageIo();
  }

  private JdkReader() {}

  /** What to read with a reader. */
  @FunctionalInterface
  interface Question<T> {
    T ask(ImageReader reader) throws IOException;
  }

  /**
   * What a reader returns for a file's first image.
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
    } catch (IOException | RuntimeException e) { // readers throw either for damaged files
      throw UndecodableImageException.broken(format, UNREADABLE);
    } finally {
      reader.dispose();
    }
  }

  /** libjpeg's message; those of readers about themselves, rather than the file, are replaced. */
  private static String cause(IIOException failure) {
    String message = failure.getMessage();
    boolean empty = message == null || message.isBlank() || message.endsWith("!");
    return empty ? UNREADABLE : message.lines().findFirst().orElseThrow();
  }

  /**
   * A file's first image on a white background.
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
