package ghostbeam.transforms.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.transforms.fetch.CountingStorage;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.ingest.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detecting a format, labelling the first records and reading read each byte little over once. */
class StreamedBytesTest {
  private static final int IMAGES = 60;
  private static final int ROW_GROUPS = 6;

  @TempDir Path folder;

  @Test
  void readsEveryFormatOnce() throws IOException {
    Random random = new Random(1);
    List<byte[]> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<byte[]> records = new ArrayList<>();
    Map<String, byte[]> byKey = new TreeMap<>();
    Map<String, Integer> labelsByKey = new TreeMap<>();
    for (int i = 0; i < IMAGES; i++) {
      byte[] image = new byte[50_000];
      random.nextBytes(image);
      images.add(image);
      labels.add(i % 2);
      names.add(i + "_n0000000" + i % 2 + ".JPEG");
      records.add(StreamedFiles.tensorFlowDatasets(image, i % 2, names.get(i)));
      byKey.put("key" + i, image);
      labelsByKey.put("key" + i, i % 2);
    }

    assertReadOnce(StreamedFiles.webDataset(folder.resolve("web"), byKey, labelsByKey));
    assertReadOnce(StreamedFiles.tfRecords(folder.resolve("tf"), records));
    assertReadOnce(parquet(images, labels, names));
  }

  /** Six row groups, one per block. */
  private Path parquet(List<byte[]> images, List<Integer> labels, List<String> names)
      throws IOException {
    List<Path> parts = new ArrayList<>();
    for (int from = 0; from < IMAGES; from += IMAGES / ROW_GROUPS) {
      int to = from + IMAGES / ROW_GROUPS;
      parts.add(
          StreamedFiles.parquet(
              folder.resolve("part" + from),
              images.subList(from, to),
              labels.subList(from, to),
              names.subList(from, to)));
    }
    Path file = StreamedFiles.joined(folder.resolve("parquet"), parts);
    assertEquals(ROW_GROUPS, source(new CountingStorage(), file).blocks().size());
    return file;
  }

  private static StreamedSource source(CountingStorage disk, Path file) throws IOException {
    ImageSource images = ImageSource.of(file.toString(), "train").withClasses("2");
    return StreamedSource.find(disk, images, SourceFormats.AUTO).orElseThrow();
  }

  private static void assertReadOnce(Path file) throws IOException {
    CountingStorage disk = new CountingStorage();
    StreamedSource source = source(disk, file);
    source.requireLabels(disk);
    List<Long> positions = new ArrayList<>();
    for (Block block : source.blocks()) {
      source
          .streamedFormat()
          .read(
              disk,
              block,
              row -> {
                assertEquals(50_000, row.bytes().length);
                return positions.add(row.position());
              });
    }
    assertEquals(LongStream.range(0, IMAGES).boxed().toList(), positions);
    long bytes = Files.size(file);
    assertTrue(disk.bytes() >= IMAGES * 50_000L, disk.bytes() + " of " + bytes);
    assertTrue(disk.bytes() <= 1.05 * bytes + (1 << 20), disk.bytes() + " of " + bytes);
  }
}
