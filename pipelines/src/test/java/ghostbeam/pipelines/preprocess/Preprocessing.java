package ghostbeam.pipelines.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Runs {@code preprocess} for tests, and what they make and look at. */
final class Preprocessing {
  private Preprocessing() {}

  /** What it says, with these flags. */
  static String run(String... flags) throws IOException {
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(flags).withValidation().as(PreprocessOptions.class);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PreprocessPipeline.run(options, new PrintStream(said, true, UTF_8));
    return said.toString(UTF_8);
  }

  /** The checksums of a folder's files, by name. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(path));
        files.put(path.getFileName().toString(), HexFormat.of().toHexDigits(crc.getValue()));
      }
    }
    return files;
  }

  /** A JPEG of noise. */
  static byte[] picture(int side, long seed) {
    byte[] rgb = new byte[side * side * 3];
    new Random(seed).nextBytes(rgb);
    return Codec.best().encodeJpeg(new Pixels(side, side, rgb), 90);
  }
}
