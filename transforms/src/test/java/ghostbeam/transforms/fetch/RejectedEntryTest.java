package ghostbeam.transforms.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zip entries whose metadata is wrong. */
class RejectedEntryTest {
  @TempDir Path temporary;

  @Test
  void rejectsAnEntryWhoseBytesChanged() throws Exception {
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES);
    ImageRef stored = Entries.image(zip, "n1/a");
    byte[] bytes = Files.readAllBytes(zip);
    bytes[(int) stored.extent().offset() + 500] ^= 1;
    Files.write(zip, bytes);

    String reason = rejection(stored);
    assertTrue(reason.startsWith("has CRC-32 "), reason);
    assertTrue(reason.endsWith(String.format("expected %08x", stored.extent().crc32())), reason);
  }

  @Test
  void rejectsAnEntryThatInflatesToAnotherLength() throws Exception {
    ImageRef image =
        Entries.image(SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES), "n1/b");
    assertEquals("DEFLATED", image.extent().packing().toString());

    assertEquals(
        "inflates to more than 20999 bytes, expected 20999",
        rejection(Entries.withLengths(image, image.extent().length(), 20999)));
    assertEquals(
        "inflates to only 21000 bytes, expected 21001",
        rejection(Entries.withLengths(image, image.extent().length(), 21001)));
    assertTrue(
        rejection(Entries.withLengths(image, image.extent().length() - 3, 21000))
            .startsWith("inflates to only"));
  }

  @Test
  void rejectsAnEntryAtAWrongOffset() throws Exception {
    Path zip = SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES);
    ImageRef image = Entries.image(zip, "n1/a");

    assertEquals("has no local header at 1 in the zip", rejection(Entries.at(image, 1)));
    assertEquals(
        "has no local header at 9000000000000 in the zip",
        rejection(Entries.at(image, 9_000_000_000_000L)));
    assertEquals(
        "runs past the end of the zip",
        rejection(Entries.withLengths(image, Files.size(zip), Files.size(zip))));
  }

  @Test
  void rejectsAZipBombBeforeAllocatingMemory() throws Exception {
    ImageRef image =
        Entries.image(SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES), "n1/b");

    String reason = rejection(Entries.withLengths(image, image.extent().length(), 1L << 50));

    assertEquals("has 1125899906842624 bytes, more than the limit 67108864", reason);
  }

  /** Deflate's ratio is at most 1,032, so no memory is allocated for more. */
  @Test
  void rejectsAnImpossibleInflatedLength() throws Exception {
    ImageRef image =
        Entries.image(SourceArchives.zip(temporary.resolve("a.zip"), Entries.FILES), "n1/b");
    long most = (image.extent().length() + 1) * 1032;

    assertEquals(
        "cannot inflate from " + image.extent().length() + " to " + most + " bytes",
        rejection(Entries.withLengths(image, image.extent().length(), most)));
  }

  /** Sixty megabytes of zeros in sixty kilobytes, declared as ten bytes. */
  @Test
  void stopsInflatingAZipBombAtItsDeclaredLength() throws Exception {
    Map<String, byte[]> files = new TreeMap<>(Entries.FILES);
    files.put("n1/b", new byte[60 << 20]);
    ImageRef bomb = Entries.image(SourceArchives.zip(temporary.resolve("a.zip"), files), "n1/b");
    assertEquals("DEFLATED", bomb.extent().packing().toString());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

    assertEquals(
        "inflates to more than 10 bytes, expected 10",
        rejection(Entries.withLengths(bomb, bomb.extent().length(), 10)));

    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertTrue(allocated < 1 << 20, allocated + " bytes");
  }

  private static String rejection(ImageRef image) throws IOException {
    try (ImageReader reader = new ImageReader(Storage.local(), List.of(image))) {
      return assertThrows(UndecodableImageException.class, reader::next).getMessage();
    }
  }
}
