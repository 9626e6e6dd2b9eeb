package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A wall clock of other processes that a test may turn; needs libfaketime. */
public final class FalseClock {
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));

  private final Path library;
  private final Path file;

  private FalseClock(Path library, Path file) {
    this.library = library;
    this.file = file;
  }

  /** Starts with the right time; without libfaketime the test is skipped. */
  public static FalseClock in(Path folder) throws IOException {
    Optional<Path> library = LIBRARIES.stream().filter(Files::exists).findFirst();
    assumeTrue(library.isPresent(), "apt-get install faketime");
    FalseClock clock = new FalseClock(library.get(), folder.resolve("clock"));
    clock.turn("-2h");
    long behind = Instant.now().getEpochSecond() - clock.epochSecondSeen();
    assertTrue(behind > 7_100 && behind < 7_300, "libfaketime takes off " + behind + " s");
    clock.turn("+0");
    return clock;
  }

  private long epochSecondSeen() throws IOException {
    ProcessBuilder date = new ProcessBuilder("date", "+%s");
    date.environment().putAll(environment());
    return Long.parseLong(
        new String(date.start().getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            .strip());
  }

  /** Environment that makes a process use this clock; its monotonic clock is unaffected. */
  public Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        file.toString(),
        "FAKETIME_NO_CACHE",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "NO_FAKE_STAT",
        "1");
  }

  /** Sets it to an offset from the right time, such as {@code -2h}, for all processes at once. */
  public void turn(String offset) throws IOException {
    Path whole = Files.writeString(file.resolveSibling("clock-to-be"), offset + "\n");
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
