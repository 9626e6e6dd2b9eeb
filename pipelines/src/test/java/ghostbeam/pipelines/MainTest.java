package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.report.ReportOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Main.run(args, stream(out), stream(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void takesSeveralPathsToInspect() {
    assertEquals(1, run("inspect", "nowhere/a", "nowhere/b"));
    assertTrue(err().contains("nowhere/a is neither a file or folder"), err());
  }

  @Test
  void endsAsFailedWhereNoClusterRuns() throws IOException {
    int port = FreePort.find();
    assertEquals(1, run("cluster", "status", "--port=" + port));
    String[] lines = err().split("\n", -1);
    assertTrue(lines[0].startsWith("ghostbeam cluster: no cluster runs on port " + port), err());
    assertTrue(lines[1].startsWith("Full log: "), err());
  }

  @Test
  void listsEveryCommandInHelp() {
    assertEquals(0, run("--help"));
    Main.COMMANDS.forEach(command -> assertTrue(out().contains("\n  " + command.typed() + " ")));
    assertEquals("", err());
  }

  @Test
  void showsHelpOfACommandInWhateverOrderItIsAskedFor() {
    assertEquals(0, run("demo", "--output=x", "--help"));
    String first = out();
    out.reset();
    assertEquals(0, run("help", "demo"));
    assertEquals(first, out());
    assertTrue(first.contains("--output=<value>  (default ghostbeam-demo)"), first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                      | no command; ./run --help lists them",
        "inspct x              | unknown command 'inspct'; did you mean inspect?",
        "trian                 | unknown command 'trian'; did you mean train?",
        "preprocess --inptu=x  | unknown flag --inptu; did you mean --input?",
        "train --data=a --output=b --layers=1,2 | --layers and --channels go together",
        "qqqq                  | unknown command 'qqqq'; ./run --help lists them",
        "demo --outptu=x       | unknown flag --outptu; did you mean --output?",
        "demo --flinkmaster=x  | unknown flag --flinkmaster; did you mean --flinkMaster?",
        "train --learningRate=1 | unknown flag --learningRate; did you mean --lr?",
        "demo --zzzzzzzz=1     | unknown flag --zzzzzzzz; ./run demo --help lists them",
        "demo -o x             | unknown flag -o; flags start with two dashes",
        "demo x                | unexpected 'x'; a flag's value is given as --flag=value",
        "demo --output         | --output needs a value: --output=<value>",
        "demo --output=        | --output needs a value: --output=<value>",
        "demo --output x       | --output needs a value: --output=<value>",
        "demo --output=a --output=b | --output is given twice",
        "demo --parallelism=two | --parallelism cannot be 'two'; expected --parallelism=<whole",
        "demo --parallelism=9999999999 | --parallelism cannot be '9999999999'",
        "demo --runner=FlnkRunner | Unknown 'runner' specified 'FlnkRunner'",
        "inspect               | inspect needs <path or preset>",
        "inspect a --json=true --json=true | --json is given twice",
        "inspect a --json=yes  | --json cannot be 'yes'; expected --json=true|false",
        "cluster begin x       | unknown action 'begin' of cluster; expected start, status, stop or",
        "cluster start now     | unexpected 'now'",
        "cluster export        | cluster export needs one folder",
        "cluster start --taskManagers=0 | --taskManagers=0 is invalid; expected 1 to 64",
        "preprocess --input=a --split=val --output=b --flinkMaster=a:b:c | --flinkMaster=a:b:c is invalid",
        "demo --endpoint=minio:9000 | --endpoint=minio:9000 has no scheme; give"
            + " --endpoint=http://minio:9000, or https://",
        "demo --endpoint=127.0.0.1:9000 | --endpoint=127.0.0.1:9000 has no scheme",
        "demo --gcsEndpoint=localhost:4443 | --gcsEndpoint=localhost:4443 has no scheme",
        "demo --endpoint=ftp://minio | --endpoint=ftp://minio is not a store's address; expected",
        "demo --endpoint=http://my_minio:9000 | --endpoint=http://my_minio:9000 has no valid host name",
        "demo --endpoint       | --endpoint= is not a valid address; expected one such as http://127.0.0.1:9000",
        "test                  | the test suite is started by the script: ./run test",
        "demo --output=gs://b/c | the demo's --output must be a local folder, found gs://b/c",
      })
  void reportsWrongUsageInOneLine(String words, String said) {
    int code = words == null ? run() : run(words.split(" ", -1));
    assertEquals(2, code);
    assertTrue(err().contains("ghostbeam: " + said), err());
    assertEquals(1, lastWords().lines().count(), err());
    assertEquals("", out());
  }

  /** Without the line on the job's environment. */
  private String lastWords() {
    return err().replaceFirst("^allocator .*\\R", "");
  }

  /** Characters that a terminal or log would take for a new line or a control sequence. */
  @Test
  void reportsMultiLineValuesInOneLine() {
    for (String word : List.of("a\nb", "--x\r\ny", "--output=a\u001b[2J\n", "--parallelism=1\n2")) {
      err.reset();
      assertEquals(2, run("demo", word, "--no"), word);
      assertEquals(1, lastWords().lines().count(), err());
      assertEquals(-1, err().indexOf('\u001b'));
    }
  }

  @Test
  void knowsAFlagWhoseValueHasSeveralLines() {
    String value =
        CommandLine.parse(
                Command.named("report", Main.COMMANDS), List.of("--evaluations=a\nb", "--output=c"))
            .as(ReportOptions.class)
            .getEvaluations();
    assertEquals("a\nb", value);
  }

  @Test
  void suggestsNothingForAWordOfMegabytes() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> assertEquals(2, run("demo", "--" + "o".repeat(1 << 20) + "=x")));
    assertTrue(err().startsWith("ghostbeam: unknown flag --oooo"), "");
  }

  @Test
  void endsAFailedJobWithItsMessageAndItsLog(@TempDir Path folder) throws Exception {
    Path nothing = folder.resolve("nothing");
    assertEquals(1, run("inspect", nothing.toString()));
    List<String> lines = err().lines().toList();
    assertEquals(2, lines.size(), err());
    assertTrue(lines.get(0).startsWith("ghostbeam inspect: " + nothing + " is neither"), err());
    assertTrue(lines.get(1).startsWith("Full log: "), err());
    Files.deleteIfExists(Path.of(lines.get(1).substring("Full log: ".length())));
  }

  @Test
  void takesASubjectWithoutDashes() {
    assertEquals(0, run("inspect", "ghostnet-1x", "--json"));
    assertTrue(out().startsWith("{\"kind\":\"preset\",\"name\":\"ghostnet-1x\""), out());
    assertEquals("", err());
  }

  @Test
  void acceptsAListFlagSeveralTimes() {
    List<String> words =
        List.of("--evaluations=a", "--output=b", "--gate=top1>=0.5,top5>=0.6", "--gate=records==3");
    assertEquals(
        List.of("top1>=0.5", "top5>=0.6", "records==3"),
        CommandLine.parse(Command.named("report", Main.COMMANDS), words)
            .as(ReportOptions.class)
            .getGate());
  }
}
