package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A full disk ends a job in one line that names the file, leaves nothing half-written under its
 * name, and when there is space again the same command ends in the right bytes.
 */
class FullDiskTest {
  private static final String FULL = "No space left on device";
  private static final int PAGE = 4096;
  private static final int SIZES = 6;
  private static final long PATIENCE_S = 300;

  /** Runs in its own mount namespace: a small disk at $1, then the same disk enlarged. */
  private static final String ON_SMALL_DISK =
      """
      disk=$1 bytes=$2 kept=$3; shift 3
      mount -t tmpfs -o size=$bytes tmpfs "$disk" || exit 1
      "$@" >"$kept.first.said" 2>&1; echo $? >"$kept.first.code"
      cp -a "$disk" "$kept.first"
      if [ "$(cat "$kept.first.code")" = 0 ]; then exit 0; fi
      mount -o remount,size=64m "$disk" || exit 1
      if [ -e "$disk/state/state.safetensors" ]; then set -- "$@" --resume
      elif [ -e "$disk/recipe.json" ]; then set -- "$@" --overwrite; fi
      "$@" >"$kept.again.said" 2>&1; echo $? >"$kept.again.code"
      cp -a "$disk" "$kept.again"
      """;

  @TempDir static Path root;
  private static Chain chain;
  private static Map<String, String> whole;

  @BeforeAll
  static void runWithSpace() throws IOException {
    chain = new Chain(Files.createDirectories(root.resolve("chain"))).zip();
    chain.runAll();
    whole = Chain.files(chain.root());
  }

  /** The file is written to a device that is always full. */
  @ParameterizedTest
  @CsvSource({
    "run, checkpoints/best.safetensors",
    "run, state/state.safetensors",
    "report, report.html",
    "report, report.json",
    "joined, report.md",
  })
  void namesTheFileThatDoesNotFit(String folder, String file) throws IOException {
    List<String> words = chain.commands().get(folder);
    Path output = chain.root().resolve(folder);
    empty(output);
    Path part = output.resolve(file + ".part");
    Files.createDirectories(part.getParent());
    Files.createSymbolicLink(part, Path.of("/dev/full"));

    Chain.Said full = Chain.run(words);

    assertEquals(1, full.code(), full.toString());
    List<String> lines = full.err().lines().filter(line -> line.contains("ghostbeam ")).toList();
    assertEquals(
        List.of("ghostbeam %s: %s: %s".formatted(words.get(0), part, FULL)), lines, full.err());
    assertTrue(Files.notExists(output.resolve(file)));
    assertTrue(Files.notExists(part), "what does not help takes no space");

    List<String> again = new ArrayList<>(words);
    if (folder.equals("run")) {
      again.add("--overwrite");
    }
    assertEquals(0, Chain.run(again).code());
    assertEquals(whole, Chain.files(chain.root()));
  }

  @Test
  void preprocessEndsRightOnceADiskHasGrown() throws Exception {
    onDisksOf("data", List.of(bytes("data") / 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "run", "report", "joined"})
  @Tag("soak")
  void endsRightOnceADiskOfAnySizeHasGrown(String folder) throws Exception {
    long seed = System.nanoTime();
    System.out.println("sizes of seed " + seed);
    Random random = new Random(seed);
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < SIZES; i++) {
      sizes.add((1L + random.nextInt((int) (bytes(folder) / PAGE))) * PAGE);
    }
    onDisksOf(folder, sizes);
  }

  private static void onDisksOf(String folder, List<Long> sizes) throws Exception {
    assumeTrue(
        execute(List.of("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")) == 0,
        "this machine lets nobody mount a disk");
    Path output = chain.root().resolve(folder);
    Map<String, String> expected = Chain.files(output);
    if (folder.equals("data")) {
      expected.keySet().removeIf(name -> name.startsWith("val-"));
    }
    for (long bytes : Set.copyOf(sizes)) {
      Path kept = root.resolve("disk-" + folder + "-" + bytes);
      List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", ON_SMALL_DISK));
      command.addAll(List.of("sh", output.toString(), "" + bytes, kept.toString()));
      command.addAll(FreshJvm.command("-Xmx1g", "-XX:TieredStopAtLevel=1"));
      command.add(Main.class.getName());
      command.addAll(chain.commands().get(folder));
      assertEquals(0, execute(command));
      requireNothingHalf(folder, kept, expected);
      if (Files.notExists(Path.of(kept + ".again"))) {
        continue; // there was space at once
      }
      String said = Files.readString(Path.of(kept + ".again.said"));
      assertEquals("0\n", Files.readString(Path.of(kept + ".again.code")), said);
      assertEquals(expected, Chain.files(Path.of(kept + ".again")), said);
    }
  }

  private static void requireNothingHalf(String folder, Path kept, Map<String, String> expected)
      throws IOException {
    String said = Files.readString(Path.of(kept + ".first.said"));
    Map<String, String> files = Chain.files(Path.of(kept + ".first"));
    if (Files.readString(Path.of(kept + ".first.code")).equals("0\n")) {
      assertEquals(expected, files, said);
      return;
    }
    String output = chain.root().resolve(folder).toString();
    List<String> lines = said.lines().filter(line -> line.startsWith("ghostbeam ")).toList();
    assertEquals(1, lines.size(), said);
    assertTrue(lines.get(0).matches("ghostbeam \\w+: " + output + "/\\S+: " + FULL), said);
    assertTrue(Set.of("train-manifest.json", "report.json").stream().noneMatch(files::containsKey));
    files.keySet().removeIf(name -> name.endsWith(".receipt"));
    // Of another slot, which the end of the process overtook; the next run removes it.
    files.keySet().removeIf(name -> name.matches("train-\\S+\\.[-0-9a-f]{36}\\.part"));
    for (String name : files.keySet()) {
      assertTrue(expected.containsKey(name), name);
      if (!folder.equals("run")) {
        assertEquals(expected.get(name), files.get(name), name);
      } else if (name.startsWith("checkpoints/")) {
        assertEquals(expected.get(name).length(), files.get(name).length(), name);
      }
    }
  }

  /** The size of a folder's files, in whole pages. */
  private static long bytes(String folder) throws IOException {
    return Chain.files(chain.root().resolve(folder)).values().stream()
        .mapToLong(file -> (file.length() + PAGE - 1L) / PAGE * PAGE)
        .sum();
  }

  private static int execute(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("said").toFile())
            .start();
    assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS));
    return process.exitValue();
  }

  private static void empty(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
