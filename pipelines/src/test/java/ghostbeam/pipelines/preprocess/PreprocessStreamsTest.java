package ghostbeam.pipelines.preprocess;

import static ghostbeam.pipelines.preprocess.Preprocessing.files;
import static ghostbeam.pipelines.preprocess.Preprocessing.picture;
import static ghostbeam.pipelines.preprocess.Preprocessing.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code preprocess} of sources whose files are read sequentially. */
class PreprocessStreamsTest {
  @TempDir static Path sources;
  @TempDir Path temporary;

  /** 40 images of two classes in five tars, and four without a class. */
  private static Path tars;

  @BeforeAll
  static void makeSource() throws IOException {
    tars = Files.createDirectory(sources.resolve("tars"));
    for (int tar = 0; tar < 5; tar++) {
      Map<String, byte[]> files = new TreeMap<>();
      for (int i = tar; i < 44; i += 5) {
        files.put(String.format("%02d.jpg", i), picture(40 + i, i));
        files.put(
            String.format("%02d.cls", i), String.valueOf(i < 40 ? i % 2 : -1).getBytes(UTF_8));
      }
      write(tars.resolve("train-" + tar + ".tar"), files);
    }
  }

  private static void write(Path tar, Map<String, byte[]> files) throws IOException {
    try (OutputStream file = Files.newOutputStream(tar);
        TarArchiveOutputStream out = new TarArchiveOutputStream(file, "UTF-8")) {
      for (Map.Entry<String, byte[]> member : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey());
        entry.setSize(member.getValue().length);
        out.putArchiveEntry(entry);
        out.write(member.getValue());
        out.closeArchiveEntry();
      }
    }
  }

  @Test
  void writesTheSameBytesOnAnyRunnerAtAnyParallelism() throws IOException {
    Map<String, String> alone = preprocess("a", "--parallelism=1");
    Map<String, String> direct = preprocess("d", "--runner=DirectRunner");

    assertEquals(7, alone.size());
    assertEquals(alone, preprocess("b", "--parallelism=2"));
    assertEquals(alone, preprocess("c", "--parallelism=4"));
    assertEquals(alone, direct);
  }

  @Test
  void reshardsADatasetAndAccountsForEveryRecord() throws IOException {
    Path first = temporary.resolve("first");
    String said =
        run("--input=" + tars, "--output=" + first, "--classes=2", "--runner=DirectRunner");
    assertTrue(said.startsWith("train: 40 images of 2 classes in 8 shards, "), said);
    assertTrue(said.matches("(?s).*\\| left out: images without a class +\\| +4 \\|.*"), said);
    assertTrue(said.matches("(?s).*\\| records written +\\| +40 \\|.*"), said);

    String again =
        run(
            "--input=" + first,
            "--output=" + temporary.resolve("second"),
            "--shards=3",
            "--runner=DirectRunner");
    assertTrue(again.startsWith("train: 40 images of 2 classes in 3 shards, "), again);
  }

  @Test
  void refusesInOneLineAndWritesNothing() throws IOException {
    Path output = temporary.resolve("never");
    UsageException format =
        assertThrows(
            UsageException.class, () -> run("--input=x", "--output=" + output, "--format=hdf5"));
    assertTrue(format.getMessage().startsWith("--format=hdf5 "), format::getMessage);
    assertTrue(
        format.getMessage().endsWith("; expected auto, folders, webdataset, parquet, tfrecord"),
        format::getMessage);
    IOException classes =
        assertThrows(IOException.class, () -> run("--input=" + tars, "--output=" + output));
    assertTrue(Words.oneLine(classes).contains("; give --classes: a file"), classes.getMessage());
    assertEquals(1, classes.getMessage().lines().count());
    assertFalse(Files.exists(output));
  }

  /** Makes three shards, resized, and returns every file's name and checksum. */
  private Map<String, String> preprocess(String output, String... flags) throws IOException {
    Path folder = temporary.resolve(output);
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(
        List.of(
            "--input=" + tars,
            "--output=" + folder,
            "--classes=2",
            "--shards=3",
            "--encoding=resized",
            "--shorterSide=48"));
    run(all.toArray(String[]::new));
    return files(folder);
  }
}
