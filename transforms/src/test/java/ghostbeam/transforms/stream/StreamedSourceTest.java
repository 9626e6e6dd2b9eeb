package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.storage.LocalDisk;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Formats are detected by content; a source that does not fit the request is refused in one line.
 */
class StreamedSourceTest extends StreamedCase {
  @Test
  void detectsFormatsByContent() throws IOException {
    tar("a.bin", Map.of("x.jpg", "1", "x.cls", "2"));
    assertEquals("webdataset", found().format());
    Files.delete(source.resolve("a.bin"));
    records("data.tar");
    assertEquals("tfrecord", found().format());
  }

  @Test
  void readsLabelsFromJson() throws IOException {
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

  /**
   * However many images there are and wherever the streamed file is in the listing: either format
   * detection or listing refuses it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"a.parquet", "n02/1.parquet", "zz.parquet"})
  void refusesTwoFormatsInAnyOrder(String name) {
    Millions bucket = new Millions("/millions/" + name);
    ImageSource source = ImageSource.of("/millions", "train").refusingStreams();
    InvalidSourceException refused =
        assertThrows(
            InvalidSourceException.class,
            () -> {
              assertTrue(StreamedSource.find(bucket, source, "auto").isEmpty());
              ImageListing.of(bucket, source);
            });
    assertEquals(
        "/millions holds Parquet files (/millions/%s) and images (/millions/n01440764/0.JPEG)"
            .formatted(name),
        refused.getMessage());
    assertEquals(
        Optional.of(SourceRemedy.CHOOSE_FORMAT.with("parquet or folders")), refused.advice());
  }

  @Test
  void stopsListingAtObviousClassFolders() throws IOException {
    Millions bucket = new Millions("/millions/zz.parquet");
    ImageSource source = ImageSource.of("/millions", "train");
    assertTrue(StreamedSource.find(bucket, source, "auto").isEmpty());
    assertEquals(1000, bucket.named);
    bucket.named = 0;
    assertThrows(
        InvalidSourceException.class, () -> StreamedSource.find(bucket, source, "tfrecord"));
    assertEquals(10_001, bucket.named);
  }

  /** Millions of images and a Parquet file; counts the entries listed. */
  private static final class Millions extends LocalDisk {
    private static final long serialVersionUID = 1;
    private final String other;
    private int named;

    Millions(String other) {
      this.other = other;
    }

    @Override
    public void walk(String folder, Predicate<Entry> more) throws IOException {
      super.walk(
          folder,
          entry -> {
            named++;
            return more.test(entry);
          });
    }

    @Override
    public List<Entry> list(String folder) {
      return Stream.concat(
              IntStream.range(0, 10_000)
                  .mapToObj(i -> new Entry("/millions/n01440764/" + i + ".JPEG", 5000, "")),
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
      if (!file.path().equals(other)) {
        return new SeekableInMemoryByteChannel(bytes);
      }
      System.arraycopy("PAR1".getBytes(UTF_8), 0, bytes, 0, 4);
      System.arraycopy("PAR1".getBytes(UTF_8), 0, bytes, bytes.length - 4, 4);
      return new SeekableInMemoryByteChannel(bytes);
    }
  }

  /** It looks like a WebDataset, but WebDataset keys end at the first dot. */
  @Test
  void explainsKeysWithDots() throws IOException {
    tar("a.tar", Map.of("n01.1.jpg", "1", "n01.1.cls", "2", "n01.2.jpg", "1", "n01.2.cls", "2"));

    assertRefused("a key ends at its first dot", "train", "auto");
  }

  @Test
  void refusesTwoFormatsAndAMissingFormat() throws IOException {
    tar("a.tar", Map.of("x.jpg", "1", "x.cls", "2"));
    records("b.tfrecord");
    assertRefused("CHOOSE_FORMAT [webdataset or tfrecord]", "train", "auto");
    assertEquals(1, find(source, "train", "tfrecord").orElseThrow().others());
    Files.delete(source.resolve("b.tfrecord"));
    assertRefused("holds no TFRecord files", "train", "tfrecord");
  }

  @Test
  void refusesAStrayStreamedFileBesideClassFolders() throws IOException {
    Path image = Files.createDirectories(source.resolve("train/n01440764")).resolve("1.JPEG");
    Files.write(image, IMAGE);
    Path records =
        Files.createDirectory(source.resolve("tfrecords")).resolve("train-00000-of-00001");
    records("tfrecords/train-00000-of-00001");

    assertRefused(
        "%s holds TFRecord files (%s) and images (%s) CHOOSE_FORMAT [tfrecord or folders]"
            .formatted(source, records, image),
        "train",
        "auto");
    assertTrue(find(source, "train", "folders").isEmpty());
    assertEquals(1, find(source, "train", "tfrecord").orElseThrow().files());
  }

  @Test
  void acceptsLooseImagesBesideStreamedFiles() throws IOException {
    records("train-00000-of-00001");
    Files.write(source.resolve("preview.png"), IMAGE);
    Files.write(Files.createDirectory(source.resolve("@eaDir")).resolve("1.jpg"), IMAGE);
    assertEquals(1, found().files());
  }

  @Test
  void refusesAFormatForPartOfAnArchive() throws IOException {
    Path part = tar("x.tar", Map.of("part/1.jpg", "1", "part/1.cls", "2")).resolve("part");
    Path inside = Path.of(part.toString().replace("x.tar/", "x.tar!/"));
    InvalidSourceException refusal =
        assertThrows(InvalidSourceException.class, () -> find(inside, "train", "webdataset"));
    assertEquals(
        Optional.of(SourceRemedy.NO_FORMAT.with("webdataset", source.resolve("x.tar"))),
        refusal.advice());
    assertTrue(find(inside, "train", "auto").isEmpty());
    assertTrue(find(inside, "train", "folders").isEmpty());
  }

  @Test
  void refusesUnfinishedDatasetsAndSkipsLeftoversOfFinishedOnes() throws IOException {
    records("train-00000-of-00002.tfrecord");
    records("train-00001-of-00002.tfrecord.0d2b6e4c-5f0a-4a1e-9d5c-0123456789ab.part");
    assertRefused("source/ is a dataset whose split train is unfinished; run", "train", "auto");
    Files.delete(source.resolve("train-00000-of-00002.tfrecord"));
    assertTrue(find(source, "train", "auto").isEmpty());

    records("train-00000-of-00001.tfrecord");
    Files.writeString(source.resolve("train-manifest.json"), "{}");
    StreamedSource found = found();
    assertEquals(1, found.files());
    assertEquals(2, found.others());
  }

  @Test
  void selectsTheFilesOfTheSplit() throws IOException {
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
}
