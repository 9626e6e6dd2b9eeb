package ghostbeam.pipelines.preprocess;

import static ghostbeam.pipelines.preprocess.Preprocessing.files;
import static ghostbeam.pipelines.preprocess.Preprocessing.picture;
import static ghostbeam.pipelines.preprocess.Preprocessing.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.transforms.storage.RunLock;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessPipelineTest {
  @TempDir static Path sources;
  @TempDir Path temporary;

  /** 40 images of two classes in train/; 2 in val/. */
  private static Path zip;

  @BeforeAll
  static void makeSource() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("LICENSE", "public domain".getBytes(UTF_8));
    for (int i = 0; i < 40; i++) {
      files.put(String.format("train/n%d/%02d.JPEG", i % 2, i), picture(60 + i, i));
    }
    files.put("val/n0/a.JPEG", picture(50, 1));
    files.put("val/n1/b.JPEG", picture(50, 2));
    zip = sources.resolve("source.zip");
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : files.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
        out.closeEntry();
      }
    }
  }

  @Test
  void writesTheSameBytesOnAnyRunnerAtAnyParallelism() throws IOException {
    Map<String, String> flinkAlone = preprocess("a", "--parallelism=1");
    Map<String, String> flinkWide = preprocess("b", "--parallelism=4");
    Map<String, String> direct = preprocess("c", "--runner=DirectRunner");

    assertEquals(17, flinkAlone.size());
    assertEquals(flinkAlone, flinkWide);
    assertEquals(flinkAlone, direct);
  }

  /** For reports: from a list with titles, and from a split that was made with one. */
  @Test
  void keepsClassTitlesBesideTheirNames() throws IOException {
    Path list =
        Files.writeString(
            temporary.resolve("list.txt"), "wnid,name\nn0,\"hen, chick\"\nn1,\nn2,fox\n");
    Path val = temporary.resolve("val");
    String direct = "--runner=DirectRunner";
    run("--input=" + zip, "--split=val", "--output=" + val, "--classes=" + list, direct);
    assertEquals("n0 hen, chick\nn2 fox\n", Files.readString(val.resolve("val-classes.txt")));

    Path train = temporary.resolve("train");
    String manifest = "--classes=" + val.resolve("val-manifest.json");
    run("--input=" + zip, "--output=" + train, manifest, direct);
    assertEquals("n0 hen, chick\nn2 fox\n", Files.readString(train.resolve("train-classes.txt")));
    run("--input=" + zip, "--output=" + train, "--overwrite=true", direct);
    assertFalse(Files.exists(train.resolve("train-classes.txt")));
  }

  @Test
  void printsASummaryTable() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < 6; i++) {
      files.put("n" + i % 2 + "/" + i + ".JPEG", picture(50, i));
    }
    files.put("n0/p.JPEG", png());
    files.put("n0/cut.JPEG", Arrays.copyOf(picture(60, 3), 900));
    files.put("n1/cut.JPEG", Arrays.copyOf(picture(60, 3), 1200));
    files.put("n1/empty.JPEG", new byte[0]);
    files.put("n1/.hidden.JPEG", new byte[0]);
    Path folder = temporary.resolve("odd");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.createDirectories(folder.resolve(file.getKey()).getParent());
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }

    String said =
        run("--input=" + folder, "--output=" + temporary.resolve("out"), "--maxRejected=3");

    List<String> lines = said.lines().toList();
    assertTrue(lines.get(0).startsWith("train: 7 images of 2 classes in 8 shards, "), said);
    assertTrue(lines.get(0).contains("; 3 rejected; "), said);
    assertRow(said, "images in the source", "10");
    assertRow(said, "left out: hidden files, such as n1/.hidden.JPEG", "1");
    assertRow(said, "records written", "7");
    assertRow(said, "converted from PNG", "1");
    long bytes = files.values().stream().mapToLong(file -> file.length).sum();
    assertRow(said, "bytes in", String.format("%.1f MiB", bytes / 1048576.0));
    assertEquals(2, lines.stream().filter(line -> line.startsWith("| rejected: decode")).count());
    assertTrue(said.contains("| rate"), said);
    assertTrue(lines.get(lines.size() - 1).matches("digest sha256:[0-9a-f]{64}"), said);
  }

  private static void assertRow(String said, String what, String value) {
    String row = "(?s).*\\| " + what + " +\\| +" + value.replace(".", "\\.") + " \\|.*";
    assertTrue(said.matches(row), said);
  }

  private static byte[] png() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), "png", bytes);
    return bytes.toByteArray();
  }

  @Test
  void refusesASecondRunIntoTheSameFolder() throws IOException {
    Path output = temporary.resolve("out");
    RunLock first = RunLock.take(output.resolve("train.lock").toString());
    try {
      IOException refusal =
          assertThrows(IOException.class, () -> preprocess("out", "--runner=DirectRunner"));
      assertTrue(refusal.getMessage().contains("another run writes here"));
    } finally {
      first.close();
    }
    assertFalse(Files.exists(output));
    assertEquals(17, preprocess("out", "--runner=DirectRunner").size());
  }

  @Test
  void replacesAFinishedDatasetOnlyWhenAskedTo() throws IOException {
    Map<String, String> before = preprocess("out", "--shards=3", "--runner=DirectRunner");

    IOException refusal =
        assertThrows(IOException.class, () -> preprocess("out", "--runner=DirectRunner"));
    assertTrue(refusal.getMessage().contains("already holds a finished dataset of split train"));
    assertTrue(refusal.getMessage().contains("--overwrite"));
    assertEquals(before, files(temporary.resolve("out")));

    Map<String, String> after =
        preprocess("out", "--shards=2", "--runner=DirectRunner", "--overwrite");
    assertEquals(5, after.size());
  }

  @Test
  void failsInOneLineAndWritesNothing() throws IOException {
    Path cut = temporary.resolve("cut.zip");
    byte[] bytes = Files.readAllBytes(zip);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    Path missing = temporary.resolve("missing");

    assertFails(cut + " is not a whole zip", "--input=" + cut);
    assertFails(missing + " does not exist or is empty", "--input=" + missing);
    assertFails(
        "too few for 99 shards; give --shards of at most 40", "--input=" + zip, "--shards=99");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--split=dev",
        "--shards=0",
        "--shards=100000",
        "--shorterSide=0",
        "--quality=101",
        "--maxRejected=-1"
      })
  void refusesInvalidValues(String flag) {
    UsageException refusal =
        assertThrows(
            UsageException.class,
            () -> run("--input=" + zip, "--output=" + temporary.resolve("out"), flag));

    assertTrue(refusal.getMessage().startsWith(flag + " "), refusal::getMessage);
    assertTrue(refusal.getMessage().contains("; expected "), refusal::getMessage);
  }

  @Test
  void namesTheEncodings() {
    Command preprocess = Command.named("preprocess", Main.COMMANDS);
    List<String> words = List.of("--input=x", "--output=y", "--encoding=webp");

    UsageException refusal =
        assertThrows(UsageException.class, () -> CommandLine.parse(preprocess, words));

    assertEquals(
        "--encoding cannot be 'webp'; expected --encoding=original|resized|raw",
        refusal.getMessage());
  }

  @Test
  void refusesAnOutputThatIsOrWouldBecomeASource() throws IOException {
    UsageException inside =
        assertThrows(UsageException.class, () -> run("--input=data", "--output=./data/records"));
    IOException file =
        assertThrows(IOException.class, () -> run("--input=elsewhere", "--output=" + zip));

    assertTrue(inside.getMessage().startsWith("--output lies inside --input"));
    assertTrue(file.getMessage().startsWith(zip + " is a file"));
  }

  private void assertFails(String words, String... flags) {
    Path output = temporary.resolve("never");
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--output=" + output);
    all.add("--runner=DirectRunner");

    Exception failure = assertThrows(Exception.class, () -> run(all.toArray(String[]::new)));

    assertTrue(failure.getMessage().contains(words), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
    assertFalse(Files.exists(output));
  }

  /** Makes the training split, resized, and returns every file's name and checksum. */
  private Map<String, String> preprocess(String output, String... flags) throws IOException {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--input=" + zip);
    all.add("--output=" + temporary.resolve(output));
    all.add("--encoding=resized");
    all.add("--shorterSide=48");
    run(all.toArray(String[]::new));
    return files(temporary.resolve(output));
  }
}
