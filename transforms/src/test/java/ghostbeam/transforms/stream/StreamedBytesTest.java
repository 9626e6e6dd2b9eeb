package ghostbeam.transforms.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.form.Block;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.storage.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Telling a source's form, labelling its first records and reading it read it little over once. */
class StreamedBytesTest {
  private static final int IMAGES = 60;

  @TempDir Path folder;

  @Test
  void everyFormIsReadOnce() throws IOException {
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
    assertReadOnce(StreamedFiles.parquet(folder.resolve("parquet"), images, labels, names));
  }

  private static void assertReadOnce(Path file) throws IOException {
    Counting disk = new Counting();
    ImageSource images = ImageSource.of(file.toString(), "train").withClasses("2");
    StreamedSource source =
        StreamedSource.find(disk, images, StreamedSource.Reading.auto()).orElseThrow();
    source.requireLabels(disk);
    List<Long> positions = new ArrayList<>();
    for (Block block : source.blocks()) {
      source
          .form()
          .read(
              disk,
              block,
              row -> {
                assertEquals(50_000, row.bytes().length);
                return positions.add(row.position());
              });
    }
    assertEquals(IMAGES, positions.size());
    long bytes = Files.size(file);
    assertTrue(disk.read.get() >= IMAGES * 50_000L, disk.read + " of " + bytes);
    assertTrue(disk.read.get() <= 1.05 * bytes + (1 << 20), disk.read + " of " + bytes);
  }

  /** This machine's disk, on which bytes that are read are counted. */
  private static final class Counting extends LocalDisk {
    private static final long serialVersionUID = 1L;

    private final AtomicLong read = new AtomicLong();

    @Override
    public SeekableByteChannel open(String path) throws IOException {
      return new Counted(Storage.local().open(path), read);
    }
  }

  private record Counted(SeekableByteChannel file, AtomicLong read) implements SeekableByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      int bytes = file.read(target);
      read.addAndGet(Math.max(0, bytes));
      return bytes;
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      file.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return file.write(bytes);
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      return file.truncate(size);
    }
  }
}
