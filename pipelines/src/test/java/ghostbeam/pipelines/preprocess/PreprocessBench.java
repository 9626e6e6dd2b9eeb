package ghostbeam.pipelines.preprocess;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.image.EncodedJpeg;
import ghostbeam.model.image.ShorterSide;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.evaluate.BenchCorpus;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Speed of preprocessing on every core, start-up excluded; -Pbench runs it. {@code
 * -Dghostbeam.corpus=FOLDER} names a folder of class folders, whose images are taken several times
 * where they are few: the quickest encoding does thousands a second. {@code
 * -Dghostbeam.peer=COMMAND} is run with {@code CORPUS --modes MODE --out FOLDER --workers N} in
 * turn with ours; the last word but one that it prints is its images/s.
 */
@Tag("bench")
class PreprocessBench {
  private static final int ROUNDS = 3;
  private static final int IMAGES = 6400;
  private static final int SIDE = 256;
  private static final int QUALITY = 95;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @TempDir static Path root;
  private static List<Path> images;
  private static Source folders;

  /** The input of so many images, and of a quarter of them. */
  private record Source(int images, Path all, Path quarter) {}

  /** Work whose time depends on a folder's images. */
  @FunctionalInterface
  private interface Work {
    void prepare(Path folder) throws Exception;
  }

  /** A record of an image file. */
  @FunctionalInterface
  private interface Maker {
    Example make(Path file, Codec codec) throws Exception;
  }

  @BeforeAll
  static void linkImages() throws IOException {
    Path corpus = BenchCorpus.images(root);
    List<Path> given;
    try (Stream<Path> files = Files.walk(corpus)) {
      given = files.filter(Files::isRegularFile).sorted().toList();
    }
    images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(given.get(i % given.size()));
    }
    link("all/train", images);
    link("quarter/train", quarter());
    folders = new Source(IMAGES, root.resolve("all/train"), root.resolve("quarter/train"));
    System.out.printf("%d images, codec %s%n", images.size(), Codec.best().name());
  }

  private static List<Path> quarter() {
    return images.subList(0, IMAGES / 4);
  }

  private static void link(String folder, List<Path> files) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      Path to = root.resolve(folder).resolve(file.getParent().getFileName());
      Files.createDirectories(to);
      Files.createLink(to.resolve(i + "_" + file.getFileName()), file.toRealPath());
    }
  }

  @ParameterizedTest
  @CsvSource({"resized,shards", "original,copy"})
  void againstAPlainLoopAndThePeer(String encoding, String mode) throws Exception {
    double[] ofLoop = new double[ROUNDS];
    double[] ofPeer = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double flink = perSecond(folders, folder -> flink(folder, encoding));
      double loop = perSecond(folders, folder -> loop(folder, maker(encoding)));
      double peer = peer(mode);
      ofLoop[round] = flink / loop;
      ofPeer[round] = flink / peer;
      System.out.printf(
          Locale.ROOT,
          "%s, images/s: embedded Flink %.0f, plain loop %.0f: %.1f %%; peer's %s %.0f: %.2fx%n",
          encoding,
          flink,
          loop,
          100 * ofLoop[round],
          mode,
          peer,
          ofPeer[round]);
    }
    Arrays.sort(ofLoop);
    Arrays.sort(ofPeer);
    System.out.printf(
        Locale.ROOT,
        "%s, medians: %.1f %% of a plain loop, %.2fx the peer%n",
        encoding,
        100 * ofLoop[ROUNDS / 2],
        ofPeer[ROUNDS / 2]);
  }

  /** The images of streamed formats are shuffled by the runner, a zip's are not. */
  @Test
  void streamedFormsAgainstAZip() throws Exception {
    // Twice as many: of what takes two seconds, a tenth is chance.
    List<Path> all = Stream.of(images, images).flatMap(List::stream).toList();
    List<Path> quarter = all.subList(0, all.size() / 4);
    Map<WrittenSources.Form, Source> sources = new EnumMap<>(WrittenSources.Form.class);
    for (WrittenSources.Form form : WrittenSources.Form.values()) {
      Path folder = root.resolve("forms").resolve(form.name());
      sources.put(
          form,
          new Source(
              all.size(),
              form.write(folder.resolve("all"), WrittenSources.of(all)),
              form.write(folder.resolve("quarter"), WrittenSources.of(quarter))));
    }
    Path classes = WrittenSources.classes(root.resolve("classes.txt"), WrittenSources.of(images));
    for (String encoding : List.of("original", "resized")) {
      againstAZip(encoding, sources, "--classes=" + classes);
    }
  }

  private static void againstAZip(
      String encoding, Map<WrittenSources.Form, Source> sources, String classes) throws Exception {
    Map<WrittenSources.Form, double[]> ofZip = new EnumMap<>(WrittenSources.Form.class);
    for (int round = 0; round < ROUNDS; round++) {
      double zip = Double.NaN;
      for (WrittenSources.Form form : WrittenSources.Form.values()) {
        double perSecond = perSecond(sources.get(form), input -> flink(input, encoding, classes));
        zip = form == WrittenSources.Form.ZIP ? perSecond : zip;
        ofZip.computeIfAbsent(form, unused -> new double[ROUNDS])[round] = perSecond / zip;
        System.out.printf(Locale.ROOT, "%s, %s: %.0f images/s%n", encoding, form, perSecond);
      }
    }
    ofZip.forEach(
        (form, shares) -> {
          Arrays.sort(shares);
          System.out.printf(
              Locale.ROOT,
              "%s, median: %s %.2f times the zip%n",
              encoding,
              form,
              shares[ROUNDS / 2]);
        });
  }

  /** Between a quarter of the images and all of them, which excludes start-up. */
  private static double perSecond(Source source, Work work) throws Exception {
    work.prepare(source.quarter()); // loads and compiles what stays
    long start = System.nanoTime();
    work.prepare(source.quarter());
    long middle = System.nanoTime();
    work.prepare(source.all());
    long end = System.nanoTime();
    return (source.images() - source.images() / 4) * 1e9 / ((end - middle) - (middle - start));
  }

  private static void flink(Path input, String encoding, String... more) throws IOException {
    List<String> flags = new ArrayList<>(List.of(more));
    flags.addAll(
        List.of(
            "--input=" + input,
            "--output=" + root.resolve("records"),
            "--split=train",
            "--shards=8",
            "--encoding=" + encoding,
            "--shorterSide=" + SIDE,
            "--quality=" + QUALITY,
            "--overwrite"));
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(flags.toArray(String[]::new)).as(PreprocessOptions.class);
    PreprocessPipeline.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
  }

  /** A thread for each core takes an even part of the files and writes one shard. */
  private static void loop(Path folder, Maker maker) throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    ExecutorService pool = Executors.newFixedThreadPool(CORES);
    try {
      List<Callable<Void>> parts = new ArrayList<>();
      for (int part = 0; part < CORES; part++) {
        int number = part;
        parts.add(
            () -> {
              Codec codec = Codec.best();
              String shard = root.resolve("loop-" + number).toString();
              try (ShardWriter writer = new ShardWriter(Storage.local().create(shard))) {
                for (int i = number; i < files.size(); i += CORES) {
                  writer.write(maker.make(files.get(i), codec));
                }
              }
              return null;
            });
      }
      for (Future<Void> done : pool.invokeAll(parts)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  private static Maker maker(String encoding) {
    ShorterSide shorter = new ShorterSide(SIDE);
    return (file, codec) -> {
      byte[] bytes = Files.readAllBytes(file);
      ImageHeader header = ImageHeader.read(bytes);
      if (encoding.equals("original") || !shorter.shrinks(header)) {
        return example(file, bytes, header.width(), header.height(), "", codec.eighthDigest(bytes));
      }
      EncodedJpeg shrunk = shorter.encode(bytes, header, codec, QUALITY);
      return example(file, shrunk.bytes(), shrunk.width(), shrunk.height(), shrunk.digest(), "");
    };
  }

  private static Example example(
      Path file, byte[] kept, int width, int height, String pixelDigest, String eighthDigest) {
    return new Example(
        kept,
        "JPEG",
        width,
        height,
        3,
        "RGB",
        0,
        file.getParent().getFileName().toString(),
        file.getFileName().toString(),
        pixelDigest,
        eighthDigest);
  }

  /** NaN where no peer is named. */
  private static double peer(String mode) throws IOException, InterruptedException {
    String command = System.getProperty("ghostbeam.peer", "");
    if (command.isEmpty()) {
      return Double.NaN;
    }
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of(root.resolve("all").toString(), "--modes", mode));
    words.addAll(List.of("--out", root.resolve("peer").toString()));
    words.addAll(List.of("--workers", String.valueOf(CORES)));
    ProcessBuilder builder = new ProcessBuilder(words);
    // Python shall not get what is meant for our own process.
    builder.environment().keySet().removeIf(name -> name.startsWith("MALLOC_"));
    builder.environment().remove("LD_PRELOAD");
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("the peer failed: " + output);
    }
    String[] printed = output.strip().split("\\s+", -1);
    return Double.parseDouble(printed[printed.length - 2]);
  }
}
