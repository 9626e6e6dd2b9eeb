package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.Help;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README and the guides: their links, and the commands they show, exist. */
final class GuidesTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Path README = HOME.resolve("README.md");

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(#[^)]*)?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern TYPED = Pattern.compile("\\./run ([a-z]+)((?:\\\\\n|[^\n`#&;|])*)");
  private static final Pattern FLAG = Pattern.compile("--([a-zA-Z]+)");

  private static List<Path> guides() throws IOException {
    List<Path> guides = new ArrayList<>();
    for (String module : List.of("model", "transforms", "pipelines")) {
      try (Stream<Path> files = Files.list(HOME.resolve(module))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(guides::add);
      }
    }
    return guides;
  }

  private static List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>(guides());
    all.add(README);
    return all;
  }

  /** The anchor of a heading. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  private static List<MatchResult> find(Pattern pattern, Path file) throws IOException {
    return pattern.matcher(Files.readString(file)).results().toList();
  }

  @Test
  void frontPageIsShort() throws IOException {
    assertTrue(Files.size(README) <= 8 << 10, Files.size(README) + " bytes");
  }

  @Test
  void frontPageLinksToEveryGuide() throws IOException {
    TreeSet<Path> linked = new TreeSet<>();
    for (MatchResult link : find(LINK, README)) {
      linked.add(HOME.resolve(link.group(1)).normalize());
    }
    linked.removeIf(path -> !path.toString().endsWith(".md"));
    assertEquals(new TreeSet<>(guides()), linked);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    for (Path file : all()) {
      for (MatchResult link : find(LINK, file)) {
        Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), file + ": " + link.group());
        if (link.group(2) != null) {
          List<String> anchors =
              find(HEADING, target).stream().map(found -> anchor(found.group(1))).toList();
          assertTrue(anchors.contains(link.group(2).substring(1)), file + ": " + link.group());
        }
      }
    }
  }

  @Test
  void commandsAndFlagsExist() throws IOException {
    List<String> scriptsOwn = List.of("test");
    int flags = 0;
    for (Path file : all()) {
      for (MatchResult typed : find(TYPED, file)) {
        Command command = Command.named(typed.group(1), Main.COMMANDS);
        String help = Help.of(command);
        TreeSet<String> named =
            FLAG.matcher(typed.group(2))
                .results()
                .map(flag -> flag.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        named.remove("help");
        flags += named.size();
        for (String flag : named) {
          boolean known = Pattern.compile("(?m)^  --" + flag + "\\b").matcher(help).find();
          assertTrue(
              known || scriptsOwn.contains(typed.group(1)), file + ": " + typed.group().strip());
        }
      }
    }
    assertTrue(flags > 30, flags + " flags");
  }
}
