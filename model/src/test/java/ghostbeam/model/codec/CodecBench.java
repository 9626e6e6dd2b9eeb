package ghostbeam.model.codec;

import ghostbeam.model.image.ShorterSide;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Milliseconds per image of each codec on one thread; -Pbench runs it. */
@Tag("bench")
class CodecBench {
  private static final int WARMUP_ROUNDS = 3;
  private static final int ROUNDS = 5;
  private static final int SIDE = 256;
  private static final int QUALITY = 95;

  private static final List<byte[]> FILES = new ArrayList<>();
  private static final List<Pixels> THUMBNAILS = new ArrayList<>();

  /** What is measured, for one image of a list, by position. */
  @FunctionalInterface
  private interface Work {
    void run(int i) throws Exception;
  }

  /** ImageNet's usual sizes, with the spectrum and grain of photographs, about 65 KB each. */
  private static void makeImages(Codec codec) throws UndecodableImageException {
    int[][] sizes = {{500, 375}, {375, 500}, {500, 333}, {500, 375}, {640, 480}, {400, 300}};
    for (int i = 0; i < 4 * sizes.length; i++) {
      int[] size = sizes[i % sizes.length];
      byte[] file = codec.encodeJpeg(PhotoLike.of(size[0], size[1], 7, i), 90);
      FILES.add(file);
      THUMBNAILS.add(new ShorterSide(SIDE).decode(file, ImageHeader.read(file), codec));
    }
  }

  @Test
  void millisecondsAnImage() throws Exception {
    List<Codec> codecs = GoldenImages.codecs().toList();
    makeImages(codecs.get(codecs.size() - 1));
    long bytes = FILES.stream().mapToLong(file -> file.length).sum() / FILES.size();
    System.out.printf("%d images of %,d bytes each%n", FILES.size(), bytes);
    print("imageio", "decode", i -> ImageIO.read(new ByteArrayInputStream(FILES.get(i))));
    List<BufferedImage> pictures = new ArrayList<>();
    for (Pixels thumbnail : THUMBNAILS) {
      pictures.add(picture(thumbnail));
    }
    print("imageio", "encode", i -> write(pictures.get(i)));
    byte[] large = codecs.get(codecs.size() - 1).encodeJpeg(PhotoLike.of(1600, 1200, 7, 1), 90);
    ShorterSide shorter = new ShorterSide(SIDE);
    for (Codec codec : codecs) {
      print(codec.name(), "decode", i -> codec.decode(FILES.get(i)));
      print(codec.name(), "encode", i -> codec.encodeJpeg(THUMBNAILS.get(i), QUALITY));
      print(
          codec.name(),
          "resized",
          i -> {
            byte[] file = FILES.get(i);
            shorter.encode(file, ImageHeader.read(file), codec, QUALITY);
          });
      print(codec.name(), "decode 1600x1200", i -> codec.decode(large));
      print(codec.name(), "decode 1600x1200 at 1/2", i -> codec.decode(large, 2));
      print(
          codec.name(),
          "shrink 1600x1200",
          i -> shorter.decode(large, ImageHeader.read(large), codec));
    }
    Pixels photo = codecs.get(0).decode(FILES.get(0));
    print("-", "digest 500x375", i -> photo.digest());
  }

  private static void print(String codec, String what, Work work) throws Exception {
    double best = Double.MAX_VALUE;
    for (int round = -WARMUP_ROUNDS; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < FILES.size(); i++) {
        work.run(i);
      }
      if (round >= 0) {
        best = Math.min(best, (System.nanoTime() - start) / 1e6 / FILES.size());
      }
    }
    System.out.printf(Locale.ROOT, "%-10s %-26s %7.2f ms%n", codec, what, best);
  }

  private static BufferedImage picture(Pixels pixels) {
    BufferedImage image =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_3BYTE_BGR);
    int[] samples = new int[pixels.rgb().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = pixels.rgb()[i] & 0xFF;
    }
    image.getRaster().setPixels(0, 0, pixels.width(), pixels.height(), samples);
    return image;
  }

  private static byte[] write(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY / 100f);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
