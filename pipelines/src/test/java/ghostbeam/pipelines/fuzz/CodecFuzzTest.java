package ghostbeam.pipelines.fuzz;

import static ghostbeam.pipelines.fuzz.Damage.fields;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Image files of all kinds, damaged, through both codecs. */
final class CodecFuzzTest {
  private static final Path ODD =
      Path.of("..", "model", "src", "test", "resources", "golden", "odd");
  private static final int LARGEST_SAMPLE = 8192;
  private static final int HEAP_BYTES_A_PIXEL = 16;
  private static final int OVERHEAD = 4 << 20;
  private static final String SOUND = "sound";
  private static final byte[] PNG = "\u0089PNG\r\n\u001A\n".getBytes(ISO_8859_1);

  @ParameterizedTest
  @ValueSource(strings = {"turbojpeg", "opencv"})
  void decodesOrRefuses(String codec) throws Exception {
    run(codec, Fuzz.SHORT);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(strings = {"turbojpeg", "opencv"})
  void decodesOrRefusesManyMore(String codec) throws Exception {
    run(codec, Fuzz.LONG);
  }

  /** Two machines must not make different datasets of the same files. */
  @Test
  void bothCodecsGiveOneVerdict() throws Exception {
    agree(Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void bothCodecsGiveOneVerdictOfManyMore() throws Exception {
    agree(Fuzz.LONG);
  }

  private static void agree(int count) throws Exception {
    Codec turboJpeg = codec("turbojpeg");
    Codec openCv = codec("opencv");
    List<byte[]> jpegs = samples().stream().filter(CodecFuzzTest::isJpeg).toList();
    Damage damage = new Damage(jpegs, trusted());
    SilentNatives.during(
        () ->
            new Fuzz<byte[]>(
                    "codec-verdicts",
                    i -> damage.apply(new Dice(13, i)),
                    file -> judgeAlike(turboJpeg, openCv, file),
                    List.of(UndecodableImageException.class),
                    file -> Long.MAX_VALUE)
                .run(count));
  }

  private static void judgeAlike(Codec turboJpeg, Codec openCv, byte[] jpeg)
      throws UndecodableImageException {
    String one = verdict(() -> turboJpeg.decode(jpeg));
    String other = verdict(() -> openCv.decode(jpeg));
    if (one.equals(SOUND) != other.equals(SOUND)) {
      throw new IllegalStateException("TurboJPEG: " + one + "; OpenCV: " + other);
    }
    if (!one.equals(SOUND)) {
      throw new UndecodableImageException(one);
    }
  }

  /** What libpng and the like print would stand on a user's terminal without the file's name. */
  @Test
  void printsNothingOfFilesThatAreNoJpeg(@TempDir Path folder) throws Exception {
    Path heard = Files.createFile(folder.resolve("stderr"));
    for (Codec codec : List.of(codec("opencv"), Codec.best())) {
      SilentNatives.during(heard, () -> decodeAllButJpegs(codec));
    }
    assertEquals("", Files.readString(heard));
  }

  private static void decodeAllButJpegs(Codec codec) throws IOException {
    Damage damage = new Damage(samples(), trusted());
    int refused = 0;
    for (int i = 0; i < Fuzz.SHORT; i++) {
      byte[] file = withChunkCrcs(damage.apply(new Dice(14, i)));
      try {
        if (!isJpeg(file)) {
          codec.decode(file);
        }
      } catch (UndecodableImageException e) {
        refused++; // said to the caller, not to the terminal
      }
    }
    assertTrue(refused > Fuzz.SHORT / 10);
  }

  static boolean isJpeg(byte[] file) {
    return file.length > 2 && file[0] == -1 && file[1] == (byte) 0xD8;
  }

  /** libjpeg inside OpenCV writes to standard error, a line or more for each broken JPEG. */
  private static void run(String name, int count) throws Exception {
    Codec codec = codec(name);
    SilentNatives.during(
        () -> {
          loadLibraries(codec);
          fuzz(name, codec).run(count);
        });
  }

  /** They are loaded at first use, which takes time and memory of its own. */
  private static void loadLibraries(Codec codec) throws IOException {
    int odd = 0;
    for (byte[] sample : samples()) {
      try {
        codec.decode(sample);
      } catch (UndecodableImageException e) {
        odd++;
      }
    }
    assertTrue(odd > 10, "samples that no codec decodes");
  }

  private static Fuzz<byte[]> fuzz(String name, Codec codec) throws IOException {
    Damage damage = new Damage(samples(), trusted());
    return new Fuzz<>(
        "codec-" + name,
        i -> {
          Dice dice = new Dice(11, i);
          byte[] file = damage.apply(dice);
          return dice.oneIn(10) ? file : withChunkCrcs(file);
        },
        file -> decode(codec, file),
        List.of(UndecodableImageException.class),
        file -> OVERHEAD + 20L * file.length + HEAP_BYTES_A_PIXEL * pixels(file));
  }

  private static Codec codec(String name) {
    String before = System.getProperty(Codec.PROPERTY);
    System.setProperty(Codec.PROPERTY, name);
    try {
      return Codec.best();
    } catch (IllegalStateException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    } finally {
      if (before == null) {
        System.clearProperty(Codec.PROPERTY);
      } else {
        System.setProperty(Codec.PROPERTY, before);
      }
    }
  }

  private static void decode(Codec codec, byte[] file) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(file);
    if (header.canShrink()) {
      judgeAlike(codec, file);
    }
    int part = header.canShrink() && file[file.length / 2] % 2 == 0 ? 1 << file.length % 4 : 1;
    Pixels pixels = codec.decode(file, part);
    if (pixels.width() != (header.width() + part - 1) / part
        || pixels.height() != (header.height() + part - 1) / part) {
      throw new IllegalStateException(header + " became " + pixels.width() + "x" + pixels.height());
    }
  }

  /** Preprocessing keeps JPEGs read at an eighth or by planes, training decodes them in full. */
  private static void judgeAlike(Codec codec, byte[] jpeg) {
    String whole = verdict(() -> codec.decode(jpeg));
    String eighth = verdict(() -> codec.eighthDigest(jpeg));
    if (!whole.equals(eighth)) {
      throw new IllegalStateException("in full: " + whole + "; at an eighth: " + eighth);
    }
    if (codec.planar().isPresent()) {
      int denominator = 1 << jpeg.length % 4;
      String verdict;
      try {
        boolean judged = codec.planar().get().decode(jpeg, denominator).isPresent();
        verdict = judged ? SOUND : whole;
      } catch (UndecodableImageException e) {
        verdict = e.getMessage();
      }
      if (!whole.equals(verdict)) {
        throw new IllegalStateException("in full: " + whole + "; by planes: " + verdict);
      }
    }
  }

  private static String verdict(Callable<?> decoding) {
    try {
      decoding.call();
      return SOUND;
    } catch (UndecodableImageException e) {
      return e.getMessage();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long pixels(byte[] file) {
    try {
      ImageHeader header = ImageHeader.read(file);
      return (long) header.width() * header.height();
    } catch (UndecodableImageException e) {
      return 0;
    }
  }

  static List<byte[]> samples() throws IOException {
    List<byte[]> samples = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(ODD)) {
      files = all.filter(file -> file.toString().endsWith(".JPEG")).sorted().toList();
    }
    for (Path file : files) {
      if (Files.size(file) <= LARGEST_SAMPLE && !file.toString().contains("bomb")) {
        samples.add(Files.readAllBytes(file));
      }
    }
    return samples;
  }

  /** Lengths, sizes, depths, counts and offsets of each format. */
  static List<Damage.Field> trusted() {
    List<Damage.Field> fields = new ArrayList<>();
    for (String frame : List.of("\u00FF\u00C0", "\u00FF\u00C1", "\u00FF\u00C2", "\u00FF\u00C9")) {
      fields.addAll(fields(frame, false, 2, 2, 5, 7));
      fields.addAll(fields(frame, false, 1, 1, 4, 9, 10, 11, 12, 14, 15));
    }
    for (String table : List.of("\u00FF\u00C4", "\u00FF\u00DB", "\u00FF\u00DA", "\u00FF\u00DD")) {
      fields.addAll(fields(table, false, 2, 2, 4));
      fields.addAll(fields(table, false, 1, 1, 4, 5, 6, 7, 8, 9, 10, 20, 21));
    }
    fields.addAll(fields("IHDR", false, 4, -4, 4, 8));
    fields.addAll(fields("IHDR", false, 1, 12, 13, 14, 15, 16));
    for (String chunk : List.of("IDAT", "PLTE", "tRNS", "IEND")) {
      fields.addAll(fields(chunk, false, 4, -4, 0, 4));
    }
    fields.addAll(fields("GIF8", true, 2, 6, 8));
    fields.addAll(fields("GIF8", true, 1, 10, 11, 12));
    fields.addAll(fields(",", true, 2, 1, 3, 5, 7));
    fields.addAll(fields(",", true, 1, 9, 10, 11));
    fields.addAll(fields("BM", true, 4, 2, 10, 14, 18, 22, 30, 34, 46, 50));
    fields.addAll(fields("BM", true, 2, 18, 20, 26, 28));
    for (String chunk : List.of("RIFF", "VP8 ", "VP8L", "VP8X", "ALPH")) {
      fields.addAll(fields(chunk, true, 4, 4, 8, 12));
      fields.addAll(fields(chunk, true, 2, 14, 16));
    }
    return fields;
  }

  /** A PNG's checksums made anew, without which its decoder would look at nothing else. */
  static byte[] withChunkCrcs(byte[] file) {
    if (file.length < PNG.length
        || ByteBuffer.wrap(file, 0, 8).compareTo(ByteBuffer.wrap(PNG)) != 0) {
      return file;
    }
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int at = PNG.length;
    while (at + 12 <= file.length) {
      long end = at + 8L + Integer.toUnsignedLong(bytes.getInt(at));
      if (end + 4 > file.length) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(file, at + 4, (int) end - at - 4);
      bytes.putInt((int) end, (int) crc.getValue());
      at = (int) end + 4;
    }
    return file;
  }
}
