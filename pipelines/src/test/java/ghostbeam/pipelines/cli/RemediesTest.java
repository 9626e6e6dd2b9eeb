package ghostbeam.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.failure.Remedy;
import ghostbeam.pipelines.Main;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.junit.jupiter.api.Test;

final class RemediesTest {
  private static final Pattern FLAG = Pattern.compile("--(\\w+)");
  private static final Pattern OTHER_COMMAND = Pattern.compile("\\./run (?=\\w)");

  /** What the user is advised to type is a flag of what the user typed, or of the command named. */
  @Test
  void everyRemedyNamesAllItsFactsAndOnlyFlagsOfItsCommands() {
    for (ModelRemedy remedy : ModelRemedy.values()) {
      assertSound(remedy, commands(remedy));
    }
    for (SourceRemedy remedy : SourceRemedy.values()) {
      assertSound(remedy, commands(remedy));
    }
  }

  /** The commands that can fail with this advice; demo only runs others with flags that work. */
  private static List<String> commands(ModelRemedy remedy) {
    return switch (remedy) {
      case LOWER_LEARNING_RATE,
          LOWER_LOSS_SCALE,
          SMALLER_STEP,
          SAME_CLASSES,
          SAME_TRAINING_OR_START_OVER,
          START_OVER ->
          List.of("train", "search");
      case SMALLER_STEP_OR_FEWER_RANKS,
          FEWER_RANKS,
          CLASSES_OF_DATA,
          EQUAL_MACHINES,
          SHARED_OUTPUT,
          SLOT_FOR_EACH_RANK,
          LONGER_TIMEOUT,
          RESTARTS,
          KNOWN_HOST,
          REACHABLE_HOST ->
          List.of("train");
      case MAKE_SPLIT -> List.of("train", "evaluate", "import", "inspect", "average", "search");
      case DESCRIBE_INPUT, OWN_SIZE -> List.of("evaluate");
      case IMPORT_WEIGHTS -> List.of("evaluate", "export", "inspect", "average");
      case NETWORK_OF_WEIGHTS -> List.of("train", "import");
      case RAW_WEIGHTS -> List.of("import");
      case ONE_AUGMENTATION -> List.of("train", "inspect", "search");
    };
  }

  /** Sources are also looked at by inspect, which writes nothing. */
  private static List<String> commands(SourceRemedy remedy) {
    return switch (remedy) {
      case FEWER_SHARDS, MORE_SHARDS, NO_DIGEST, REPAIR, REPAIR_OR_ALLOW_REJECTIONS ->
          List.of("preprocess");
      default -> List.of("preprocess", "inspect");
    };
  }

  private static void assertSound(Remedy remedy, List<String> commands) {
    List<String> facts =
        IntStream.range(0, remedy.facts()).mapToObj(i -> "fact" + i + "%s").toList();
    String words = Remedies.words(new Advice(remedy, facts));
    facts.forEach(fact -> assertTrue(words.contains(fact), words));
    assertEquals(facts.size(), words.split("%", -1).length - 1, words);
    assertFalse(words.endsWith("."), words);
    List<String> parts = List.of(OTHER_COMMAND.split(words, -1));
    commands.forEach(command -> assertFlags(command, parts.get(0), words));
    for (String part : parts.subList(1, parts.size())) {
      assertFlags(part.split(" ", 2)[0], part, words);
    }
  }

  private static void assertFlags(String command, String part, String words) {
    Set<String> flags = flags(Command.named(command, Main.COMMANDS));
    Matcher named = FLAG.matcher(part);
    while (named.find()) {
      assertTrue(
          flags.contains(named.group(1)),
          () -> "%s has no %s: %s".formatted(command, named.group(), words));
    }
  }

  private static Set<String> flags(Command command) {
    List<Flag> ofRunner = command.computes() ? Flag.of(FlinkPipelineOptions.class) : List.of();
    return Stream.concat(command.job().flags().stream(), ofRunner.stream())
        .map(Flag::name)
        .collect(Collectors.toSet());
  }

  /** Such as a wrapper of {@link java.util.concurrent}'s, which repeats its cause's toString. */
  @Test
  void wrappersWithoutWordsOfTheirOwnAreSkipped() {
    IOException facts = new AdvisedException("no split val", ModelRemedy.MAKE_SPLIT.with("val"));
    assertEquals(Words.oneLine(facts), Words.oneLine(new RuntimeException(facts)));
  }

  @Test
  void adviceIsToldOnceHoweverOftenItsFailureIsWrapped() {
    IOException facts = new AdvisedException("no split val", ModelRemedy.MAKE_SPLIT.with("val"));
    String told = "no split val; make it first: ./run preprocess --split=val";
    assertEquals(told, Words.oneLine(facts));
    assertEquals("rank 1: " + told, Words.oneLine(new IOException("rank 1: no split val", facts)));
    assertEquals(told, Words.oneLine(new IOException(told, facts)));
    assertEquals(told, Words.oneLine(new IOException((String) null, facts)));
    String placed = told + " (in step 2)";
    assertEquals(placed, Words.oneLine(new IOException(placed, facts)));
    assertEquals("another matter", Words.oneLine(new IOException("another matter", facts)));
  }
}
