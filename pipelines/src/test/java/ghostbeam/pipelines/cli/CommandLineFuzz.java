package ghostbeam.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.fuzz.Dice;
import ghostbeam.pipelines.fuzz.Fuzz;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;

/** Mutates a command's examples, parses them and lets the job check the options without running. */
public final class CommandLineFuzz {
  private static final int OVERHEAD = 64 << 20;
  private static final int MOST_BYTES_A_CHARACTER = 4_000;
  private static final List<String> ODD =
      List.of(
          "",
          " ",
          "-",
          "--",
          "---",
          "=",
          "--=",
          "--=x",
          "-h=1",
          "null",
          "true",
          "{}",
          "[]",
          "{\"",
          "[1,",
          "a,b",
          ",",
          ",,,",
          "\0",
          "\n",
          "a\nb",
          "\u202e",
          "é",
          "\ud800",
          "%s%n",
          "${x}",
          "*",
          "[",
          "../..",
          "/",
          "file://",
          "file:///x",
          "gs://",
          "gs://b",
          "s3://b/c",
          "x://y",
          "1e400",
          "NaN",
          "-Infinity",
          "0x10",
          "1.5",
          "1L",
          "01",
          "+1",
          "1_000",
          "@/etc/passwd",
          "\"",
          "'",
          "\\",
          "a".repeat(70_000),
          "1".repeat(400),
          "1,2,2,4,2,5",
          "0,0,0,0,0,0",
          "1,1,1,1,1,2147483647",
          "top1>=",
          ">=0.5",
          "top1>=NaN",
          "top1>=baseline-",
          "records==99999999999999999999",
          "md5:",
          "sha256:" + "z".repeat(64));

  private CommandLineFuzz() {}

  /** A job's check of its options. */
  @FunctionalInterface
  public interface Check {
    void check(PipelineOptions options) throws Exception;
  }

  /** Tries this many mutated lines, which must be accepted or refused with a usage error. */
  public static void run(String typed, Check check, int count) throws Exception {
    Command command = Command.named(typed, Main.COMMANDS);
    List<List<String>> examples =
        command.examples().stream()
            .map(line -> Arrays.asList(line.replace("'", "").split(" ")))
            .map(words -> words.subList(2, words.size()))
            .toList();
    assertThrows(
        UsageException.class,
        () -> CommandLine.parse(command, List.of("--noSuchFlag=1")),
        "all flags that there are, read once");
    List<String> names = Flag.of(command.job().options()).stream().map(Flag::name).toList();
    new Fuzz<>(
            "command-" + typed,
            i -> damaged(dice(typed, i), examples, names),
            words -> tried(check, CommandLine.parse(command, words)),
            List.of(UsageException.class, IOException.class),
            words -> OVERHEAD + (long) MOST_BYTES_A_CHARACTER * String.join("", words).length())
        .run(count);
  }

  /** Failures that depend on data are formatted as in a run. */
  private static void tried(Check check, PipelineOptions options) throws Exception {
    try {
      check.check(options);
    } catch (IOException e) {
      throw new IOException(Words.oneLine(e), e);
    }
  }

  private static Dice dice(String typed, long input) {
    return new Dice(61 + typed.hashCode(), input);
  }

  private static List<String> damaged(Dice dice, List<List<String>> examples, List<String> names) {
    List<String> words = new ArrayList<>(dice.of(examples));
    int wounds = 1 + dice.below(4);
    for (int i = 0; i < wounds; i++) {
      String flag = "--" + dice.of(names) + "=" + value(dice);
      if (words.isEmpty()) {
        words.add(flag);
      }
      int at = dice.below(words.size() + 1);
      switch (dice.below(6)) {
        case 0 -> words.add(at, value(dice));
        case 1 -> words.remove(Math.min(at, words.size() - 1));
        case 2 -> words.set(Math.min(at, words.size() - 1), misspelt(dice.of(words), dice));
        default -> words.add(at, flag);
      }
    }
    return List.copyOf(words);
  }

  private static String value(Dice dice) {
    return switch (dice.below(4)) {
      case 0 -> Long.toString(dice.extreme());
      case 1 -> Stream.of(1, 2, 3).map(i -> "" + dice.extreme()).reduce("", (a, b) -> a + "," + b);
      default -> dice.of(ODD);
    };
  }

  private static String misspelt(String word, Dice dice) {
    StringBuilder text = new StringBuilder(word);
    if (text.isEmpty()) {
      return "=";
    }
    int at = dice.below(text.length());
    switch (dice.below(4)) {
      case 0 -> text.deleteCharAt(at);
      case 1 -> text.setCharAt(at, (char) dice.below(0x10000));
      case 2 -> text.insert(at, value(dice));
      default -> text.setLength(at);
    }
    return text.toString();
  }
}
