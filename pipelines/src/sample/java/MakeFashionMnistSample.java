import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Makes the sample that the demo runs on: Fashion-MNIST as grey JPEG files in ImageNet's folder
 * layout, in one zip.
 *
 * <pre>
 * apt-get install dataset-fashion-mnist
 * java pipelines/src/sample/java/MakeFashionMnistSample.java /usr/share/datasets/fashion-mnist \
 *     pipelines/src/main/resources/ghostbeam/pipelines/demo/fashion-mnist-sample.zip
 * </pre>
 *
 * <p>The folder holds the data set's four gzipped idx files. The first 500 images of each class of
 * its training set become {@code train/<class>/<class>_<number in the set>.JPEG}, the first 100 of
 * each class of its test set {@code val/...} likewise. With {@code --full} it is all 60,000 and
 * 10,000 of them, as PNG files, which keep each pixel as it is. Entries lie in byte order of their
 * names, stored, and carry one fixed date, so that one JDK writes the same bytes each time.
 */
final class MakeFashionMnistSample {
  private static final int TRAIN_PER_CLASS = 500;
  private static final int VAL_PER_CLASS = 100;
  private static final float JPEG_QUALITY = 0.95f;
  private static final LocalDateTime DATE = LocalDateTime.of(2017, 8, 25, 0, 0);

  /** In label order; the numbers make that the byte order of the folders, too. */
  private static final List<String> CLASSES =
      List.of(
          "n00_t-shirt",
          "n01_trouser",
          "n02_pullover",
          "n03_dress",
          "n04_coat",
          "n05_sandal",
          "n06_shirt",
          "n07_sneaker",
          "n08_bag",
          "n09_ankle-boot");

  private static final String LICENSE =
      """
      A sample of Fashion-MNIST (https://github.com/zalandoresearch/fashion-mnist), its images
      re-encoded as JPEG files, in folders named after their classes.

      The MIT License (MIT)

      Copyright (c) 2017 Zalando SE, https://tech.zalando.com

      Permission is hereby granted, free of charge, to any person obtaining a copy of this
      software and associated documentation files (the "Software"), to deal in the Software
      without restriction, including without limitation the rights to use, copy, modify, merge,
      publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons
      to whom the Software is furnished to do so, subject to the following conditions:

      The above copyright notice and this permission notice shall be included in all copies or
      substantial portions of the Software.

      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED,
      INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR
      PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
      FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
      OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
      DEALINGS IN THE SOFTWARE.
      """;

  private MakeFashionMnistSample() {}

  public static void main(String[] args) throws IOException {
    boolean full = args.length == 3 && args[2].equals("--full");
    if (args.length != 2 && !full) {
      System.err.println(
          "usage: MakeFashionMnistSample.java <folder of idx files> <out.zip> [--full]");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    Map<String, byte[]> files = new TreeMap<>();
    files.put("LICENSE", LICENSE.getBytes(StandardCharsets.UTF_8));
    addSplit(files, folder, "train", "train", full ? Integer.MAX_VALUE : TRAIN_PER_CLASS);
    addSplit(files, folder, "t10k", "val", full ? Integer.MAX_VALUE : VAL_PER_CLASS);
    writeZip(files, Path.of(args[1]));
    System.out.printf("%s: %d files%n", args[1], files.size());
  }

  private static void addSplit(
      Map<String, byte[]> files, Path folder, String set, String split, int perClass)
      throws IOException {
    try (DataInputStream images = open(folder.resolve(set + "-images-idx3-ubyte.gz"), 0x803);
        DataInputStream labels = open(folder.resolve(set + "-labels-idx1-ubyte.gz"), 0x801)) {
      int count = images.readInt();
      int height = images.readInt();
      int width = images.readInt();
      if (labels.readInt() != count) {
        throw new IOException(set + ": images and labels differ in number");
      }
      int[] taken = new int[CLASSES.size()];
      for (int number = 0; number < count; number++) {
        byte[] grey = images.readNBytes(width * height);
        int label = labels.readUnsignedByte();
        if (taken[label]++ < perClass) {
          String name = CLASSES.get(label);
          boolean all = perClass == Integer.MAX_VALUE;
          BufferedImage image = image(grey, width, height);
          files.put(
              String.format(
                  Locale.ROOT, "%s/%s/%s_%05d.%s", split, name, name, number, all ? "png" : "JPEG"),
              all ? png(image) : jpeg(image));
        }
      }
    }
  }

  private static DataInputStream open(Path file, int magic) throws IOException {
    DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))));
    int found = in.readInt();
    if (found != magic) {
      in.close();
      throw new IOException(file + " is no idx file: it starts with " + found);
    }
    return in;
  }

  private static BufferedImage image(byte[] grey, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    System.arraycopy(grey, 0, pixels, 0, grey.length);
    return image;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      JPEGImageWriteParam settings = new JPEGImageWriteParam(Locale.ROOT);
      settings.setCompressionMode(JPEGImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(JPEG_QUALITY);
      settings.setOptimizeHuffmanTables(true);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static void writeZip(Map<String, byte[]> files, Path zip) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(file.getValue().length);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(DATE);
        out.putNextEntry(entry);
        out.write(file.getValue());
        out.closeEntry();
      }
    }
  }
}
