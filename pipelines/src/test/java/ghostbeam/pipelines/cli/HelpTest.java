package ghostbeam.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.network.Preset;
import ghostbeam.pipelines.Main;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class HelpTest {

  private static Stream<DynamicTest> each(Consumer<Command> check) {
    return Main.COMMANDS.stream()
        .filter(Command::hasJob)
        .map(command -> DynamicTest.dynamicTest(command.typed(), () -> check.accept(command)));
  }

  @TestFactory
  Stream<DynamicTest> describesEveryFlagOf() {
    return each(
        command ->
            Flag.of(command.job().options()).stream()
                .filter(flag -> flag.isOurs())
                .forEach(flag -> assertFalse(flag.description().isBlank(), flag.toString())));
  }

  @TestFactory
  Stream<DynamicTest> givesAnExampleOfEveryFlagOf() {
    return each(
        command ->
            Pattern.compile("(?m)^  --")
                .splitAsStream(Help.of(command))
                .skip(1)
                .forEach(
                    flag -> {
                      String name = flag.split("\\W", 2)[0];
                      String words = flag.replaceAll("\\s+", " ");
                      assertTrue(words.contains("Example: --" + name), flag);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> takesItsOwnExamples() {
    return Main.COMMANDS.stream()
        .filter(Command::hasJob)
        .flatMap(command -> command.examples().stream().map(line -> example(command, line)));
  }

  private static DynamicTest example(Command command, String line) {
    return DynamicTest.dynamicTest(
        line,
        () -> {
          List<String> words = List.of(line.split(" ", -1));
          assertEquals(List.of("./run", command.typed()), words.subList(0, 2));
          CommandLine.parse(command, words.subList(2, words.size()));
        });
  }

  @Test
  void namesEveryPreset() {
    String help = Help.of(Command.named("train", Main.COMMANDS)).replaceAll("\\s+", " ");
    assertTrue(help.contains(" One of " + String.join(", ", Preset.titles()) + ". "), help);
  }

  @Test
  void namesOnlyExistingBeamFlags() {
    Matcher shown =
        Pattern.compile("(?m)^  --(\\w+)").matcher(Help.of(Command.named("demo", Main.COMMANDS)));
    List<String> names = shown.results().map(found -> found.group(1)).toList();
    assertTrue(names.contains("filesToStage"), names.toString());
    assertAll(
        names.stream()
            .map(
                name ->
                    () ->
                        CommandLine.parse(
                            Command.named("demo", Main.COMMANDS), List.of(value(name)))));
  }

  private static String value(String name) {
    return switch (name) {
      case "parallelism" -> "--parallelism=2";
      case "runner" -> "--runner=DirectRunner";
      case "endpoint" -> "--endpoint=http://localhost:9000";
      case "virtualHosts" -> "--virtualHosts";
      default -> "--" + name + "=x";
    };
  }

  @Test
  void showsRequiredFlagsAndDefaults() {
    String help = Help.of(Command.named("preprocess", Main.COMMANDS));
    assertTrue(help.contains("  --input=<value>  (required)\n"), help);
    assertTrue(help.contains("  --quality=<whole number>  (default 95)\n"), help);
    assertTrue(help.indexOf("--output=") < help.indexOf("--quality="), help);
    assertTrue(help.indexOf("--quality=") < help.indexOf("--runner="), help);
  }

  @Test
  void fitsAHundredColumns() {
    assertTrue(
        Help.overview(Main.COMMANDS).lines().allMatch(line -> line.length() <= 100),
        Help.overview(Main.COMMANDS));
    Main.COMMANDS.forEach(
        command ->
            assertTrue(
                Help.of(command).lines().allMatch(line -> line.length() <= 100),
                () -> Help.of(command)));
  }
}
