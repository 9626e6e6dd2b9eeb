package ghostbeam.model.codec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The JDK's image readers, for the few files that OpenCV does not read. */
final class JdkReader {
  private JdkReader() {}

  /** What is asked of a reader. */
  @FunctionalInterface
  interface Question<T> {
    T ask(ImageReader reader) throws IOException;
  }

  /**
   * An answer of a reader for a file's first image.
   *
   * @param format as the JDK calls it, such as {@code gif}
   * @throws IOException as the reader does; it throws many a RuntimeException too
   */
  static <T> T read(String format, byte[] file, Question<T> question) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return question.ask(reader);
    } finally {
      reader.dispose();
    }
  }
}
