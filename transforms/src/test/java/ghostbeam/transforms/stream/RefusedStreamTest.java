package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

/** Problems in streamed files are reported with their position, in one line. */
class RefusedStreamTest extends StreamedCase {
  /** Reads all blocks and checks the failure's message. */
  private void assertFails(String words) throws IOException {
    StreamedSource found = found();
    IOException failure =
        assertThrows(
            IOException.class,
            () -> {
              for (Block block : found.blocks()) {
                found.streamedFormat().read(Storage.local(), block, row -> true);
              }
            });
    assertTrue(failure.getMessage().contains(words), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void ignoresANameInJsonBesideANumber() throws IOException {
    tar("0.tar", Map.of("a.jpg", "1", "a.cls", "2", "a.json", "{\"label\": \"cat\"}"));
    assertEquals(2, found().first(Storage.local(), 1).get(0).label().getAsInt());
    tar("1.tar", Map.of("b.jpg", "1", "b.json", "{\"label\": \"cat\"}"));
    assertFails("holds b.json with the label 'cat', expected the number of a class");
  }

  @Test
  void refusesLinksAndDevicesInAWebDataset() throws IOException {
    assertRefusesMember(
        TarConstants.LF_LINK, "b.cls, a hard link to a.cls; pack it again with tar --hard-deref");
    assertRefusesMember(
        TarConstants.LF_SYMLINK, "b.cls, a symbolic link to a.cls; pack it again with tar -h");
    assertRefusesMember(TarConstants.LF_FIFO, "b.cls, a device or pipe; pack it again without");
  }

  private void assertRefusesMember(byte kind, String words) throws IOException {
    TarArchiveEntry link = new TarArchiveEntry("b.cls", kind);
    link.setLinkName("a.cls");
    assertRefusesMember(words, "folder/", "a.cls", "a.jpg", "b.jpg", link);
    assertRefusesMember(words, link, "a.cls", "a.jpg", "b.jpg");
  }

  /** Packs names as files of one byte or folders, and tar entries unchanged. */
  private void assertRefusesMember(String words, Object... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Object member : members) {
        TarArchiveEntry entry =
            member instanceof TarArchiveEntry link ? link : new TarArchiveEntry((String) member);
        boolean isFile = member instanceof String name && !name.endsWith("/");
        entry.setSize(isFile ? 1 : 0);
        tar.putArchiveEntry(entry);
        tar.write(new byte[] {'2'}, 0, isFile ? 1 : 0);
        tar.closeArchiveEntry();
      }
    }
    Files.write(source.resolve("1.tar"), bytes.toByteArray());
    assertRefused("1.tar holds " + words, "train", "auto");
  }

  @Test
  void reportsProblemsOfWebDatasets() throws IOException {
    Map<String, String> sound = Map.of("a.jpg", "1", "a.cls", "2");
    tar("0.tar", sound);
    tar("1.tar", Map.of("b.jpg", "1"));
    assertFails("1.tar holds b.jpg without a label");
    tar("1.tar", Map.of("b.jpg", "1", "b.png", "2", "b.cls", "1"));
    assertFails("1.tar holds two images under the key b");
    tar("1.tar", Map.of("b.cls", "1", "c.jpg", "1", "c.cls", "1"));
    assertFails("1.tar holds a label for the key b, but no image");
    tar("1.tar", Map.of("b.jpg", "1", "b.cls", "cat"));
    assertFails("holds b.cls with the label 'cat', expected the number of a class");
    tar("1.tar", Map.of("b.jpg", "1", "b.cls", "1", "b.json", "{\"label\": 2}"));
    assertFails("labels the key b both 1 and 2");
    tar("1.tar", Map.of("b.1.jpg", "1", "c.jpg", "1", "c.cls", "1"));
    assertFails("holds b.1.jpg without a label or an image b.jpg");
    tar("1.tar", Map.of());
    assertFails("1.tar holds no images");
    byte[] whole = Files.readAllBytes(tar("1.tar", sound));
    Files.write(source.resolve("1.tar"), Arrays.copyOf(whole, 1500));
    assertFails("1.tar is truncated");
  }

  @Test
  void reportsWhereATfRecordFileIsDamaged() throws IOException {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      records.add(StreamedFiles.tensorFlowDatasets(IMAGE, i, i + ".jpg"));
    }
    int each = records.get(0).length + 16;
    Path file = StreamedFiles.tfRecords(source.resolve("a"), records);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 5));
    assertRefused("a is cut short in the record at byte " + 2 * each, "train", "auto");
    byte[] damaged = whole.clone();
    damaged[each + 1] ^= 1;
    Files.write(file, damaged);
    assertRefused("the record at byte " + each + " is damaged", "train", "auto");
  }

  @Test
  void refusesALabelsFileAndRawPixels() throws IOException {
    StreamedFiles.tfRecords(
        source.resolve("raw"),
        List.of(
            StreamedFiles.example(
                Map.of(
                    "image/encoded", StreamedFiles.bytes(IMAGE),
                    "image/format", StreamedFiles.bytes("RAW".getBytes(UTF_8)),
                    "image/pixels/xxh3", StreamedFiles.bytes(IMAGE),
                    "image/class/label", StreamedFiles.number(0)))));
    assertRefused("holds raw pixels", "train", "auto");
    ImageSource labelled = ImageSource.of(source.toString(), "train").withLabels("x.csv");
    InvalidSourceException refusal =
        assertThrows(
            InvalidSourceException.class,
            () -> StreamedSource.find(Storage.local(), labelled, SourceFormats.AUTO));
    assertEquals(Optional.of(SourceRemedy.NO_LABELS_FILE.with()), refusal.advice());
  }
}
