package ghostbeam.pipelines.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicateFactsTest {
  @TempDir static Path root;

  /**
   * Image 1 three times in train, once with a comment and once in another class; image 2 in train
   * and val; all others once, among them a chessboard and its negative, which are all grey at an
   * eighth of their size.
   */
  @BeforeAll
  static void makeDatasets() throws IOException {
    write("train/n0/a.JPEG", picture(1));
    write("train/n0/b.JPEG", withComment(picture(1)));
    write("train/n1/c.JPEG", picture(1));
    write("train/n1/d.JPEG", picture(2));
    write("val/n0/e.JPEG", picture(2));
    for (int i = 10; i < 30; i++) {
      write((i % 2 == 0 ? "train/n0/" : "val/n1/") + i + ".JPEG", picture(i));
    }
    write("train/n0/white.JPEG", chessboard(120, 136));
    write("train/n1/black.JPEG", chessboard(136, 120));
    preprocess("train", "--output=" + root.resolve("both"));
    preprocess("val", "--output=" + root.resolve("both"));
    preprocess("val", "--output=" + root.resolve("val"));
    preprocess("val", "--output=" + root.resolve("small"), "--encoding=resized", "--shorterSide=9");
    preprocess("val", "--output=" + root.resolve("raw"), "--encoding=raw");
  }

  @Test
  void findsIdenticalPixelsWithinAndAcrossTheSplitsOfAFolder() throws IOException {
    JsonNode facts = inspect(List.of(root.resolve("both").toString()));

    assertEquals("datasets", facts.get("kind").asText());
    JsonNode duplicates = facts.get("duplicates");
    assertEquals(27, duplicates.get("images").asInt());
    assertEquals(0, duplicates.get("withoutDigest").asInt());
    assertTrue(duplicates.get("comparable").asBoolean());
    assertEquals(2, duplicates.get("groups").asInt());
    assertEquals(1, duplicates.get("groupsWithinASplit").asInt());
    assertEquals(1, duplicates.get("groupsAcrossSplits").asInt());
    assertEquals(2, duplicates.get("groupsOfSeveralClasses").asInt());
    assertEquals(
        Set.of(
            Set.of("train n0/a.JPEG", "train n0/b.JPEG", "train n1/c.JPEG"),
            Set.of("train n1/d.JPEG", "val n0/e.JPEG")),
        groups(duplicates));
  }

  @Test
  void namesTheDigestOfTheWholePixels() throws Exception {
    JsonNode facts = inspect(List.of(root.resolve("both").toString()));

    Set<String> expected =
        Set.of(Codec.best().decode(picture(1)).digest(), Codec.best().decode(picture(2)).digest());
    assertEquals(
        expected,
        stream(facts.at("/duplicates/samePixels"))
            .map(group -> group.get("xxh3").asText())
            .collect(Collectors.toSet()));
  }

  @Test
  void doesNotTakeImagesAsEqualThatAgreeOnlyAtAnEighth() throws Exception {
    assertEquals(
        Codec.best().eighthDigest(chessboard(120, 136)),
        Codec.best().eighthDigest(chessboard(136, 120)));
    assertNotEquals(
        Codec.best().decode(chessboard(120, 136)).digest(),
        Codec.best().decode(chessboard(136, 120)).digest());

    JsonNode facts = inspect(List.of(root.resolve("both").toString()));

    assertFalse(groups(facts.get("duplicates")).toString().contains("white"));
  }

  @Test
  void comparesSeveralDatasets() throws IOException {
    JsonNode facts =
        inspect(List.of(root.resolve("val").toString(), root.resolve("both").toString()));

    assertEquals(2, facts.get("datasets").size());
    assertEquals(38, facts.at("/duplicates/images").asInt());
    assertEquals(12, facts.at("/duplicates/groups").asInt()); // all of val, and the three
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "raw"})
  void saysThatSettingsDiffer(String other) throws IOException {
    JsonNode facts =
        inspect(List.of(root.resolve("val").toString(), root.resolve(other).toString()));

    assertFalse(facts.at("/duplicates/comparable").asBoolean());
    assertEquals(0, facts.at("/duplicates/groups").asInt());
  }

  @Test
  void listsThemForPeopleOnePerLine() throws IOException {
    String text = inspect(List.of(root.resolve("both").toString()), false);

    assertTrue(text.contains("  groups                  2\n"), text);
    assertTrue(
        text.lines().anyMatch(line -> line.matches("    image +/.*/both  val  \\d+  n0/e.JPEG")),
        text);
  }

  private static Set<Set<String>> groups(JsonNode duplicates) {
    return stream(duplicates.get("samePixels"))
        .map(
            group ->
                stream(group.get("image"))
                    .map(i -> i.get("split").asText() + " " + i.get("image").asText())
                    .collect(Collectors.toSet()))
        .collect(Collectors.toSet());
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static JsonNode inspect(List<String> what) throws IOException {
    return JsonMapper.builder().build().readTree(inspect(what, true));
  }

  private static String inspect(List<String> what, boolean json) throws IOException {
    InspectOptions options = PipelineOptionsFactory.as(InspectOptions.class);
    options.setWhat(what);
    options.setDuplicates(true);
    options.setJson(json);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InspectJob.run(options, new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }

  private static void preprocess(String split, String... flags) throws IOException {
    PreprocessOptions options = PipelineOptionsFactory.fromArgs(flags).as(PreprocessOptions.class);
    options.setInput(root.resolve("images").toString());
    options.setSplit(split);
    options.setRunner(DirectRunner.class);
    PreprocessPipeline.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
  }

  private static void write(String name, byte[] file) throws IOException {
    Path path = root.resolve("images").resolve(name);
    Files.createDirectories(path.getParent());
    Files.write(path, file);
  }

  private static byte[] picture(int seed) {
    byte[] rgb = new byte[20 * 16 * 3];
    new Random(seed).nextBytes(rgb);
    return Codec.best().encodeJpeg(new Pixels(20, 16, rgb), 90);
  }

  private static byte[] chessboard(int even, int odd) {
    byte[] rgb = new byte[16 * 16 * 3];
    for (int i = 0; i < 16 * 16; i++) {
      Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) ((i / 16 + i) % 2 == 0 ? even : odd));
    }
    return Codec.best().encodeJpeg(new Pixels(16, 16, rgb), 90);
  }

  private static byte[] withComment(byte[] jpeg) {
    byte[] comment = {-1, -2, 0, 4, 'h', 'i'};
    return ByteBuffer.allocate(jpeg.length + comment.length)
        .put(jpeg, 0, 2)
        .put(comment)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }
}
