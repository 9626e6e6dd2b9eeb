package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.form.Block;
import ghostbeam.transforms.form.Forms;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceArchives;
import ghostbeam.transforms.source.UnfitSourceException;
import ghostbeam.transforms.storage.LocalDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms are told by content; what cannot be read as it was asked for is refused in one line. */
class StreamedSourceTest {
  private static final byte[] IMAGE = {1, 2, 3};

  @TempDir Path folder;
  private Path source;

  @BeforeEach
  void makeFolder() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
  }

  private Optional<StreamedSource> find(Path input, String split, String format)
      throws IOException {
    ImageSource images = ImageSource.of(input.toString(), split).withClasses("3");
    Optional<StreamedSource> found = StreamedSource.find(Storage.local(), images, format);
    if (found.isPresent()) {
      found.get().requireLabels(Storage.local());
    }
    return found;
  }

  private StreamedSource found() throws IOException {
    return find(source, "train", "auto").orElseThrow();
  }

  private Path tar(String name, Map<String, String> files) throws IOException {
    Map<String, byte[]> bytes = new TreeMap<>();
    files.forEach((path, text) -> bytes.put(path, text.getBytes(UTF_8)));
    return SourceArchives.tar(source.resolve(name), bytes);
  }

  private void records(String name) throws IOException {
    StreamedFiles.tfRecords(
        source.resolve(name), List.of(StreamedFiles.tensorFlowDatasets(IMAGE, 1, "a.jpg")));
  }

  private void assertRefused(String words, String split, String format) {
    IOException refusal =
        assertThrows(IOException.class, () -> find(source, split, format).orElseThrow());
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }

  /** Reads all and says why it fails. */
  private void assertFails(String words) throws IOException {
    StreamedSource found = find(source, "train", "auto").orElseThrow();
    IOException failure =
        assertThrows(
            IOException.class,
            () -> {
              for (Block block : found.blocks()) {
                found.form().read(Storage.local(), block, row -> true);
              }
            });
    assertTrue(failure.getMessage().contains(words), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void tellsFormsByContentWhateverFilesAreCalled() throws IOException {
    tar("a.bin", Map.of("x.jpg", "1", "x.cls", "2"));
    assertEquals("webdataset", found().flag());
    Files.delete(source.resolve("a.bin"));
    records("data.tar");
    assertEquals("tfrecord", found().flag());
  }

  @Test
  void takesTheLabelOfJsonToo() throws IOException {
    tar(
        "a.tar",
        Map.of("d.e/x.JPG", "1", "d.e/x.json", "{\"label\":2,\"b\":[]}", "d.e/x.seg.png", "no"));
    List<StreamedSource.Sample> first = found().first(Storage.local(), 5);
    assertEquals(1, first.size());
    assertEquals(2, first.get(0).label().getAsInt());
  }

  @Test
  void leavesClassFoldersAlone() throws IOException {
    tar("n01.tar", Map.of("n01/1.jpg", "1", "n01/2.jpg", "2"));
    Files.write(source.resolve("x.zip"), new byte[2000]);
    assertTrue(find(source, "train", "auto").isEmpty());
    assertTrue(find(folder.resolve("missing"), "train", "auto").isEmpty());
    tar("b.tar", Map.of("x.jpg", "1", "x.cls", "2"));
    assertTrue(find(source, "train", "folders").isEmpty());
  }

  /** However many images there are, and wherever in the listing the other form is. */
  @ParameterizedTest
  @ValueSource(strings = {"a.parquet", "zz.parquet"})
  void refusesTwoFormsBesideEachOtherInAnyOrder(String name) {
    Millions bucket = new Millions("/millions/" + name);
    UnfitSourceException refused =
        assertThrows(
            UnfitSourceException.class,
            () -> StreamedSource.find(bucket, ImageSource.of("/millions", "train"), "auto"));
    assertTrue(refused.getMessage().contains("--format="), refused::getMessage);
  }

  /** Very many images, and a Parquet file's first bytes at a path. */
  private static final class Millions extends LocalDisk {
    private static final long serialVersionUID = 1;
    private final String other;

    Millions(String other) {
      this.other = other;
    }

    @Override
    public List<Entry> list(String folder) {
      return Stream.concat(
              IntStream.range(0, 10_000)
                  .mapToObj(i -> new Entry("/millions/n01440764/" + i + ".JPEG", 3, "")),
              Stream.of(new Entry(other, 3000, "")))
          .sorted(Comparator.comparing(Entry::path))
          .toList();
    }

    @Override
    public Optional<Entry> find(String path) {
      return Optional.empty();
    }

    @Override
    public SeekableByteChannel open(Entry file) throws IOException {
      byte[] bytes = new byte[(int) file.bytes()];
      System.arraycopy("PAR1".getBytes(UTF_8), 0, bytes, 0, 4);
      System.arraycopy("PAR1".getBytes(UTF_8), 0, bytes, bytes.length - 4, 4);
      return new SeekableInMemoryByteChannel(bytes);
    }
  }

  @Test
  void refusesTwoFormsAndAFormThatIsNotThere() throws IOException {
    tar("a.tar", Map.of("x.jpg", "1", "x.cls", "2"));
    records("b.tfrecord");
    assertRefused("give --format=webdataset or tfrecord", "train", "auto");
    assertEquals(1, find(source, "train", "tfrecord").orElseThrow().others());
    Files.delete(source.resolve("b.tfrecord"));
    assertRefused("holds no TFRecord files", "train", "tfrecord");
  }

  @Test
  void aStrayStreamedFileDoesNotStandForClassFolders() throws IOException {
    Path image = Files.createDirectories(source.resolve("train/n01440764")).resolve("1.JPEG");
    Files.write(image, IMAGE);
    Path records =
        Files.createDirectory(source.resolve("tfrecords")).resolve("train-00000-of-00001");
    records("tfrecords/train-00000-of-00001");

    assertRefused(
        "%s holds TFRecord files (%s) and images (%s); give --format=tfrecord or folders"
            .formatted(source, records, image),
        "train",
        "auto");
    assertTrue(find(source, "train", "folders").isEmpty());
    assertEquals(1, find(source, "train", "tfrecord").orElseThrow().files());
  }

  @Test
  void aPictureBesideAStreamedFileOrAThumbnailIsNoClassFolder() throws IOException {
    records("train-00000-of-00001");
    Files.write(source.resolve("preview.png"), IMAGE);
    Files.write(Files.createDirectory(source.resolve("@eaDir")).resolve("1.jpg"), IMAGE);
    assertEquals(1, found().files());
  }

  @Test
  void refusesAFormForAPartOfAnArchive() throws IOException {
    Path part = tar("x.tar", Map.of("part/1.jpg", "1", "part/1.cls", "2")).resolve("part");
    Path inside = Path.of(part.toString().replace("x.tar/", "x.tar!/"));
    IOException refusal =
        assertThrows(IOException.class, () -> find(inside, "train", "webdataset"));
    assertTrue(
        refusal.getMessage().contains("leave out --format=webdataset"), refusal.getMessage());
    assertTrue(find(inside, "train", "auto").isEmpty());
    assertTrue(find(inside, "train", "folders").isEmpty());
  }

  @Test
  void aNameInJsonBesideANumberIsNoLabel() throws IOException {
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

  /** Of files of one byte by their names, folders, and links as they are. */
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
  void refusesADatasetThatIsNotFinishedAndPassesOverWhatAFinishedOneDoesNotNeed()
      throws IOException {
    records("train-00000-of-00002.tfrecord");
    records("train-00001-of-00002.tfrecord.0d2b6e4c-5f0a-4a1e-9d5c-0123456789ab.part");
    assertRefused("source/ is a dataset whose split train is not finished; run", "train", "auto");
    Files.delete(source.resolve("train-00000-of-00002.tfrecord"));
    assertTrue(find(source, "train", "auto").isEmpty());

    records("train-00000-of-00001.tfrecord");
    Files.writeString(source.resolve("train-manifest.json"), "{}");
    StreamedSource found = found();
    assertEquals(1, found.files());
    assertEquals(2, found.others());
  }

  @Test
  void picksTheFilesOfTheSplit() throws IOException {
    records("imagenet2012-train.tfrecord-00000-of-00002");
    records("imagenet2012-train.tfrecord-00001-of-00002");
    records("imagenet2012-validation.tfrecord-00000-of-00001");
    Files.writeString(source.resolve("dataset_info.json"), "{}");

    assertEquals(2, found().files());
    assertEquals(1, found().others());
    assertEquals(
        "imagenet2012-validation.tfrecord-00000-of-00001",
        find(source, "val", "auto").orElseThrow().blocks().get(0).name());
    assertRefused("has no files of split test; it has train, val", "test", "auto");
    records("more");
    assertRefused("more names no split, but", "train", "auto");
  }

  @Test
  void saysWhatIsWrongWithAWebDataset() throws IOException {
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
    assertFails("says of the key b both 1 and 2");
    tar("1.tar", Map.of("b.1.jpg", "1", "c.jpg", "1", "c.cls", "1"));
    assertFails("holds b.1.jpg without a label or an image b.jpg");
    tar("1.tar", Map.of());
    assertFails("1.tar holds no images");
    byte[] whole = Files.readAllBytes(tar("1.tar", sound));
    Files.write(source.resolve("1.tar"), Arrays.copyOf(whole, 1500));
    assertFails("1.tar is cut short");
  }

  @Test
  void saysWhereATfRecordFileIsCutOrItsLengthDamaged() throws IOException {
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
    IOException refusal =
        assertThrows(
            IOException.class, () -> StreamedSource.find(Storage.local(), labelled, Forms.AUTO));
    assertTrue(refusal.getMessage().contains("leave out --labels"), refusal.getMessage());
  }
}
