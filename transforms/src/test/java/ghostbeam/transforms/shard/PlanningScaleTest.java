package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans archives of ImageNet's size, but without image data, in a process with a small heap. */
class PlanningScaleTest {
  private static final Logger LOG = LoggerFactory.getLogger(PlanningScaleTest.class);
  private static final int TRAIN = 1_281_167;
  private static final int VALIDATION = 50_000;
  private static final int IMAGE_BYTES = 110_000;
  private static final int CLASSES = 1000;
  private static final long MOST_MILLIS = 60_000;

  @TempDir Path temporary;

  @Test
  void plansAThirtiethOfImageNetInLittleMemory() throws Exception {
    long zip = millis(zip(TRAIN / 30), TRAIN / 30, "-Xmx64m");
    long tar = millis(tar(VALIDATION / 30), VALIDATION / 30, "-Xmx64m");

    assertTrue(zip < MOST_MILLIS / 4 && tar < MOST_MILLIS / 4, zip + " and " + tar + " ms");
  }

  @Test
  @Tag("soak")
  void plansAllOfImageNetInAMinuteAndAGibibyteAtLinearCost() throws Exception {
    assertLinear(TRAIN, this::zip);
    assertLinear(VALIDATION, this::tar);
  }

  private interface Archive {
    Path of(int images) throws IOException;
  }

  private void assertLinear(int images, Archive archive) throws Exception {
    List<Long> millis = new ArrayList<>();
    for (int part : new int[] {4, 2, 1}) {
      Path path = archive.of(images / part);
      millis.add(millis(path, images / part, "-Xmx1g"));
      Files.delete(path);
    }
    LOG.info("{} images, a quarter, a half, all: {} ms", images, millis);
    assertTrue(millis.get(2) <= MOST_MILLIS, millis + " ms");
    // Linear plus start-up: each doubling costs little more than twice the one before.
    assertTrue(millis.get(2) <= 2.5 * millis.get(1) + 500, millis + " ms");
    assertTrue(millis.get(1) <= 2.5 * millis.get(0) + 500, millis + " ms");
  }

  private static long millis(Path archive, int images, String heap) throws Exception {
    Process planning =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Planning.class.getName(),
                archive.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(planning.getInputStream().readAllBytes(), UTF_8);
    assertTrue(planning.waitFor(5, TimeUnit.MINUTES));
    assertEquals(0, planning.exitValue(), said);
    List<String> words = List.of(said.strip().split(" ", -1));
    assertEquals(List.of("" + images, "1024"), words.subList(0, 2), said);
    return Long.parseLong(words.get(2));
  }

  private static String name(int image) {
    return String.format("train/n%08d/n%08d_%d.JPEG", image % CLASSES, image % CLASSES, image);
  }

  /** A zip64's central directory after a hole in place of its entries. */
  private Path zip(int images) throws IOException {
    Path path = temporary.resolve("train-" + images + ".zip");
    long start = (long) images * (IMAGE_BYTES + 100);
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.position(start);
      ByteBuffer block = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < images; i++) {
        byte[] name = name(i).getBytes(UTF_8);
        block.putInt(0x02014b50).putShort((short) 45).putShort((short) 45).putShort((short) 0);
        block.putShort((short) 0).putInt(0).putInt(i).putInt(IMAGE_BYTES).putInt(IMAGE_BYTES);
        block.putShort((short) name.length).putShort((short) 12).putShort((short) 0);
        block.putShort((short) 0).putShort((short) 0).putInt(0).putInt(-1).put(name);
        block.putShort((short) 1).putShort((short) 8).putLong((long) i * (IMAGE_BYTES + 100));
        if (block.remaining() < 1000) {
          write(file, block);
        }
      }
      write(file, block);
      long bytes = file.position() - start;
      block.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
      block.putInt(0).putInt(0).putLong(images).putLong(images).putLong(bytes).putLong(start);
      block.putInt(0x07064b50).putInt(0).putLong(start + bytes).putInt(1);
      block.putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort((short) -1);
      block.putShort((short) -1).putInt(-1).putInt(-1).putShort((short) 0);
      write(file, block);
    }
    return path;
  }

  /** A tar's headers with holes between them. */
  private Path tar(int images) throws IOException {
    Path path = temporary.resolve("train-" + images + ".tar");
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      byte[] header = new byte[512];
      for (int i = 0; i < images; i++) {
        TarArchiveEntry entry = new TarArchiveEntry(name(i));
        entry.setSize(IMAGE_BYTES);
        entry.writeEntryHeader(header);
        file.write(ByteBuffer.wrap(header));
        file.position(file.position() + (IMAGE_BYTES + 511) / 512 * 512);
      }
      file.write(ByteBuffer.allocate(1024));
    }
    return path;
  }

  private static void write(FileChannel file, ByteBuffer block) throws IOException {
    block.flip();
    while (block.hasRemaining()) {
      file.write(block);
    }
    block.clear();
  }
}
