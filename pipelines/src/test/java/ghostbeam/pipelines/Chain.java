package ghostbeam.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * From a zip of small images to a joined report, by the commands that a user types, in one folder.
 */
record Chain(Path root) {
  /**
   * By Beam's own runner. One of its threads busily monitors the others, unless there is only one.
   */
  static final List<String> DIRECT = List.of("--runner=DirectRunner", "--targetParallelism=1");

  /** As no dataset should be named, but may be. */
  private static final List<String> CLASSES = List.of("n01_çanta-ß-日本", "n02 ıİ");

  private static final int SIDE = 32;

  /** The outcome of a command. */
  record Said(int code, String out, String err) {}

  /** Writes the source: two classes of 20 images in each split, one of which is too large. */
  Chain zip() throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(source()))) {
      for (String split : List.of("train", "val")) {
        for (int i = 0; i < 40; i++) {
          String name = "%s/%s/İı-%s.JPEG".formatted(split, CLASSES.get(i % 2), i);
          ZipEntry entry = new ZipEntry(name);
          entry.setTimeLocal(LocalDateTime.of(2020, 1, 1, 0, 0));
          zip.putNextEntry(entry);
          zip.write(i == 7 ? hugePng() : NoisePicture.jpeg(SIDE, i, i % 2 == 0 ? 160 : 0));
          zip.closeEntry();
        }
      }
    }
    return this;
  }

  private Path source() {
    return root.resolve("source.zip");
  }

  /** The head of one, which is all that is read of it. */
  private static byte[] hugePng() {
    ByteBuffer png = ByteBuffer.allocate(64).putLong(0x89504E470D0A1A0AL);
    return png.putInt(13).put("IHDR".getBytes(UTF_8)).putInt(123_456).putInt(123_456).array();
  }

  /** The commands by the folder that each fills, in order. */
  Map<String, List<String>> commands() {
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("data", preprocess("train"));
    commands.put("data/val", preprocess("val"));
    commands.put("run", train());
    commands.put("report", evaluate());
    commands.put(
        "joined",
        List.of("report", "--evaluations=" + path("report"), "--output=" + path("joined")));
    return commands;
  }

  List<String> preprocess(String split) {
    return direct(
        "preprocess",
        "--input=" + source(),
        "--output=" + path("data"),
        "--split=" + split,
        "--shards=4",
        "--maxRejected=1");
  }

  List<String> train() {
    return direct(
        "train",
        "--data=" + path("data"),
        "--output=" + path("run"),
        "--layers=1,1,1,1,1,1",
        "--channels=8,8,8,8,8,8",
        "--inputSize=32",
        "--batchSize=10",
        "--epochs=2",
        "--warmupEpochs=0",
        "--emaDecay=0.8",
        "--ckptSaveEpoch=1",
        "--rankThreads=1");
  }

  List<String> evaluate() {
    return direct(
        "evaluate",
        "--data=" + path("data"),
        "--checkpoints=" + path("run"),
        "--output=" + path("report"));
  }

  private static List<String> direct(String... command) {
    return Stream.concat(Stream.of(command), DIRECT.stream()).toList();
  }

  private Path path(String name) {
    return root.resolve(name);
  }

  /** Runs a command in this process. */
  static Said run(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            words.toArray(String[]::new),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return new Said(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  /**
   * Runs all commands.
   *
   * @param runner flags in place of the one for Beam's own runner
   */
  void runAll(String... runner) {
    commands()
        .forEach(
            (folder, words) -> {
              Said said = run(on(words, runner));
              if (said.code() != 0) {
                throw new AssertionError(words + ": " + said);
              }
            });
  }

  private static List<String> on(List<String> words, String... runner) {
    List<String> changed = new ArrayList<>(words);
    if (runner.length > 0 && changed.removeAll(DIRECT)) {
      changed.addAll(List.of(runner));
    }
    return changed;
  }

  /** Every file below a folder by name, except those that hold speeds and times. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Storage.Entry entry : Storage.local().list(folder.toString())) {
      String name = folder.relativize(Path.of(entry.path())).toString();
      if (!name.endsWith("training.jsonl") && !name.contains("tfevents")) {
        files.put(name, Files.readString(Path.of(entry.path()), ISO_8859_1));
      }
    }
    return files;
  }
}
