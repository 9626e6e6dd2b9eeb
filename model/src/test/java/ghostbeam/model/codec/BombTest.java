package ghostbeam.model.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files that would take much memory or time. */
class BombTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR_REFERENCES = Path.of("/proc/self/clear_refs");

  static java.util.stream.Stream<Codec> codecs() {
    return GoldenImages.codecs();
  }

  /** The largest sides that each format can declare. */
  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsTheLargestImagesAFormatCanDeclare(Codec codec) throws IOException {
    byte[] jpeg = GoldenImages.oddFile("jpeg_444.JPEG").clone();
    int frame = indexOf(jpeg, new byte[] {-1, (byte) 0xC0});
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) -1).putShort(frame + 7, (short) -1);
    byte[] webp = new byte[64];
    ByteBuffer.wrap(webp)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(4, 0)
        .put(8, "WEBPVP8X".getBytes(StandardCharsets.US_ASCII))
        .putLong(24, -1L);

    assertRefused(codec, jpeg, "JPEG of 65535 x 65535 pixels, more than the limit");
    assertRefused(codec, png(65535, 65535, 2), "PNG of 65535 x 65535 pixels, more than the limit");
    assertRefused(codec, png(1 << 30, 1 << 30, 2), "more than the limit");
    assertRefused(
        codec,
        png(-1, Integer.MIN_VALUE + 1, 2),
        "PNG of 4294967295 x 2147483649 pixels, more than the limit");
    assertRefused(codec, webp, "WebP of 16777216 x 16777216 pixels, more than the limit");
  }

  /** Fifty empty scans of a hundred megapixels: a few kilobytes that would take half a minute. */
  @ParameterizedTest
  @MethodSource("codecs")
  void rejectsAJpegWhoseScansTakeTooLong(Codec codec) {
    byte[] jpeg = GoldenImages.oddFile("jpeg_bomb_of_scans.JPEG").clone();
    int frame = indexOf(jpeg, new byte[] {-1, (byte) 0xC2});
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 10_000).putShort(frame + 7, (short) 10_000);

    assertRefused(codec, jpeg, "JPEG of 10000 x 10000 pixels in 22 scans or more");
  }

  /** Four 16-bit channels are 8 bytes a pixel; decoding may take only a few more. */
  @Test
  void holdsFewCopiesOfAnImageWithAlpha() throws Exception {
    if (!Files.isWritable(CLEAR_REFERENCES)) {
      return; // not a Linux that reports peak memory
    }
    int side = 3000;
    byte[] png = png(side, side, 6);
    new OpenCvCodec().decode(png(8, 8, 6));
    Files.writeString(CLEAR_REFERENCES, "5");
    long before = peakBytes();

    assertEquals(side, new OpenCvCodec().decode(png).width());

    long bytes = (peakBytes() - before) / ((long) side * side);
    assertTrue(bytes <= 22, bytes + " bytes a pixel");
  }

  /** It claims 243 MB of pixels but ends early: no memory is allocated for them. */
  @Test
  void allocatesNothingForMissingPixels() throws IOException {
    byte[] png = png(9000, 9000, 2);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();

    assertRefused(new OpenCvCodec(), png, "its pixels end after");

    long bytes = thread.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < 32 << 20, bytes + " bytes");
  }

  private static long peakBytes() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum();
  }

  private static void assertRefused(Codec codec, byte[] file, String reason) {
    String said =
        assertThrows(UndecodableImageException.class, () -> codec.decode(file)).getMessage();
    assertTrue(said.contains(reason), said);
    assertEquals(1, said.lines().count(), said);
  }

  /** A black image of 16-bit samples; pixels are included only where they fit into memory. */
  private static byte[] png(int width, int height, int colourType) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("\u0089PNG\r\n\u001A\n".getBytes(StandardCharsets.ISO_8859_1));
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    chunk(out, "IHDR", header.put((byte) 16).put((byte) colourType).array());
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
      for (int row = 0; row < Math.min(height, 4096); row++) {
        deflater.write(new byte[1 + Math.min(width, 4096) * (colourType == 6 ? 8 : 6)]);
      }
    }
    chunk(out, "IDAT", pixels.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] body) {
    CRC32 crc = new CRC32();
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    crc.update(name);
    crc.update(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt(body.length).array());
    out.writeBytes(name);
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private static int indexOf(byte[] file, byte[] wanted) {
    for (int i = 0; i + wanted.length <= file.length; i++) {
      if (java.util.Arrays.equals(file, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new IllegalArgumentException("not there");
  }
}
