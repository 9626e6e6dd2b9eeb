package ghostbeam.model.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
  private static final String JSON =
      "{\"format\":1,\"split\":\"train\",\"records\":3,\"classes\":[\"n01\",\"n02\"],"
          + "\"labelCounts\":[2,1],\"seed\":1,\"settings\":{\"encoding\":\"resized\","
          + "\"shorterSide\":256,\"quality\":95,\"codec\":\"turbojpeg\"},\"source\":{\"uri\":"
          + "\"gs://b/train\",\"images\":4,\"digest\":\"sha256:ab\"},\"shards\":[{\"file\":"
          + "\"train-00000-of-00001.tfrecord\",\"records\":3,\"bytes\":100,\"crc32c\":"
          + "\"0000beef\"}],\"rejected\":1,\"digest\":\"";

  @TempDir Path folder;

  @Test
  void writesTheDocumentedJsonAndReadsItBack() throws IOException {
    Manifest manifest = manifest("gs://b/train").withDigest();

    manifest.write(Storage.local(), folder.toString());

    assertEquals(JSON + manifest.digest() + "\"}\n", Files.readString(file()));
    assertEquals(manifest, Manifest.read(Storage.local(), folder.toString(), "train"));
    assertTrue(manifest.digest().matches("sha256:[0-9a-f]{64}"), manifest.digest());
  }

  @Test
  void recordsHowLabelsWereAssignedUnlessInTheOrdinaryWay() throws IOException {
    Manifest ordinary = manifest("gs://b/train").withDigest();
    Manifest manifest = labelled("folder names, by number").withDigest();

    manifest.write(Storage.local(), folder.toString());

    String json = Files.readString(file());
    assertTrue(
        json.contains("\"labelCounts\":[2,1],\"labels\":\"folder names, by number\",\"seed\""));
    assertEquals(manifest, Manifest.read(Storage.local(), folder.toString(), "train"));
    assertNotEquals(ordinary.digest(), manifest.digest());
    assertEquals("folder names, in byte order", ordinary.labels());
  }

  @Test
  void digestCoversEverythingButTheLocation() {
    Manifest here = manifest("gs://b/train").withDigest();
    Manifest there = manifest("/mnt/train").withDigest();

    assertEquals(here.digest(), there.digest());
    assertEquals(here.digest(), here.withDigest().digest());
    assertNotEquals(here.digest(), withSeed(2).withDigest().digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"records\":3 | \"records\":4",
        "\"labelCounts\":[2 | \"labelCounts\":[1",
        "[\"n01\" | [\"n00\"",
        "\"bytes\":100 | \"bytes\":10",
        "train-00000-of | ../train-00000-of",
        "train-00000-of | sub/train-00000-of",
        "0000beef | zz",
        "\"format\":1 | \"format\":2",
        "\"split\":\"train\" | \"split\":\"val\"",
        "\"seed\":1 | \"seed\":2",
        "\"seed\":1, | ``",
        "\"seed\":1 | \"seed\":1,\"new\":1",
        "{\"format\" | {{\"format\"",
        "\"classes\":[ | \"classes\":[null,",
        "\"file\":\"train | \"file\":\"/etc/train",
        "\"file\":\"train | \"file\":\"gs://elsewhere/train",
        "\"file\":\"train | \"file\":\"..\\\\train",
        "train-00000-of-00001.tfrecord | ..",
        "\"file\":\"train | \"file\":\"\\u0000train",
        "\"file\":\"train | \"file\":\"*",
        "\"labelCounts\":[2,1 | \"labelCounts\":[9223372036854775807,9223372036854775807,5",
        "\"bytes\":100 | \"bytes\":9223372036854775807",
        "\"records\":3, | \"records\":-3,",
        "\"records\":3 | \"records\":1e400",
        "\"shards\":[ | \"shards\":[null,",
        "\"source\":{ | \"source\":null,\"x\":{",
      })
  void rejectsAModifiedManifest(String good, String bad) throws IOException {
    manifest("x").withDigest().write(Storage.local(), folder.toString());
    String text = Files.readString(file());
    assertTrue(text.contains(good), good);
    Files.writeString(file(), text.replace(good, bad));

    IOException e =
        assertThrows(
            IOException.class, () -> Manifest.read(Storage.local(), folder.toString(), "train"));

    assertTrue(e.getMessage().startsWith(file().toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  @Test
  void rejectsDeepNestingAndMillionsOfValues() throws IOException {
    for (String hostile : List.of("[".repeat(100_000), "[" + "{},".repeat(5_000_000) + "{}]")) {
      Files.writeString(file(), "{\"format\":1,\"split\":" + hostile);

      String message = message(folder, "train");

      assertTrue(message.startsWith(file() + " is not a dataset manifest: "), message);
      assertTrue(message.contains("exceeds the maximum allowed"), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void saysWhichSplitsAFolderHas() throws IOException {
    manifest("x").withDigest().write(Storage.local(), folder.toString());

    String message = message(folder, "test");

    assertTrue(message.contains("no finished split 'test'"), message);
    assertTrue(message.endsWith("it has train"), message);
  }

  @Test
  void saysThatAFolderDoesNotExist() {
    String message = message(folder.resolve("nowhere"), "train");

    assertTrue(message.contains("nowhere does not exist or is empty"), message);
  }

  @Test
  void saysThatAPreprocessRunDidNotFinish() throws IOException {
    Files.createFile(folder.resolve(DatasetFolder.shard("train", 0, 8)));

    assertTrue(message(folder, "train").contains("did not finish"));
  }

  @Test
  void namesShardsAsDocumented() {
    assertEquals("train-00017-of-01024.tfrecord", DatasetFolder.shard("train", 17, 1024));
    assertEquals(
        "a/val-00000-of-00008.index", DatasetFolder.index("a/val-00000-of-00008.tfrecord"));
    assertThrows(IllegalArgumentException.class, () -> DatasetFolder.shard("train", 8, 8));
  }

  @Test
  void writesRejectionsAsJsonLines() {
    assertEquals(
        "{\"key\":\"a/\\\"b\\\".JPEG\",\"step\":\"decode\",\"reason\":\"truncated\"}\n",
        new Rejection("a/\"b\".JPEG", "decode", "truncated").toJsonLine());
  }

  private String message(Path where, String split) {
    return assertThrows(
            IOException.class, () -> Manifest.read(Storage.local(), where.toString(), split))
        .getMessage();
  }

  private Path file() {
    return folder.resolve("train-manifest.json");
  }

  private static Manifest manifest(String uri) {
    return withSeed(1, uri);
  }

  private static Manifest withSeed(long seed) {
    return withSeed(seed, "gs://b/train");
  }

  private static Manifest withSeed(long seed, String uri) {
    return manifest(Manifest.ORDINARY_LABELS, seed, uri);
  }

  private static Manifest labelled(String how) {
    return manifest(how, 1, "gs://b/train");
  }

  private static Manifest manifest(String labels, long seed, String uri) {
    return new Manifest(
        1,
        "train",
        3,
        List.of("n01", "n02"),
        List.of(2L, 1L),
        labels,
        seed,
        new Manifest.Settings("resized", 256, 95, "turbojpeg"),
        new Manifest.Source(uri, 4, "sha256:ab"),
        List.of(new Manifest.Shard("train-00000-of-00001.tfrecord", 3, 100, "0000beef")),
        1,
        "");
  }
}
