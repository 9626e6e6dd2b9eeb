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

  /** A flag that was renamed would else be recommended for ever. */
  @Test
  void everyRemedyNamesFlagsThatThereAreAndAllItsFacts() {
    Set<String> flags =
        Stream.concat(
                Main.COMMANDS.stream()
                    .filter(Command::hasJob)
                    .map(command -> command.job().options()),
                Stream.of(FlinkPipelineOptions.class))
            .flatMap(options -> Flag.of(options).stream())
            .map(Flag::name)
            .collect(Collectors.toSet());
    Stream.<Remedy>concat(Stream.of(ModelRemedy.values()), Stream.of(SourceRemedy.values()))
        .forEach(remedy -> assertSound(remedy, flags));
  }

  private static void assertSound(Remedy remedy, Set<String> flags) {
    List<String> facts =
        IntStream.range(0, remedy.facts()).mapToObj(i -> "fact" + i + "%s").toList();
    String words = Remedies.words(new Advice(remedy, facts));
    facts.forEach(fact -> assertTrue(words.contains(fact), words));
    assertEquals(facts.size(), words.split("%", -1).length - 1, words);
    assertFalse(words.endsWith("."), words);
    Matcher named = FLAG.matcher(words);
    while (named.find()) {
      assertTrue(flags.contains(named.group(1)), () -> named.group() + " in: " + words);
    }
  }

  @Test
  void adviceIsToldOnceHoweverOftenItsFailureIsWrapped() {
    IOException facts = new AdvisedException("no split val", ModelRemedy.MAKE_SPLIT.with("val"));
    String told = "no split val; run preprocess --split=val first";
    assertEquals(told, Words.oneLine(facts));
    assertEquals("rank 1: " + told, Words.oneLine(new IOException("rank 1: no split val", facts)));
    assertEquals(told, Words.oneLine(new IOException(told, facts)));
    assertEquals(told, Words.oneLine(new IOException((String) null, facts)));
    String placed = told + " (in step 2)";
    assertEquals(placed, Words.oneLine(new IOException(placed, facts)));
    assertEquals("another matter", Words.oneLine(new IOException("another matter", facts)));
  }
}
