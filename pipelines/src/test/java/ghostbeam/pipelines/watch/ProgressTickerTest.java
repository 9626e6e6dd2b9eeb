package ghostbeam.pipelines.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTickerTest {
  private static final long SECOND = 1_000_000_000;

  private final List<String> lines = new ArrayList<>();
  private final List<String> terminal = new ArrayList<>();
  private long done;
  private boolean hidden;
  private ProgressTicker closing;

  @Test
  void updatesATerminalAtEachProbeAndALogNowAndThen() {
    long start = System.nanoTime();
    ProgressTicker ticker = ticker();
    for (int second = 0; second <= 30; second += 5) {
      done = second;
      ticker.tell(start + second * SECOND + SECOND);
    }
    assertEquals(6, terminal.size());
    assertEquals("5 of 40 images", terminal.get(0));
    assertEquals("10 of 40 images, 1.0 images/s, 30 s left", terminal.get(1));
    assertEquals(List.of(terminal.get(5)), lines);
  }

  @Test
  void repeatsFailedProbesAndLeavesTheEndToOthers() {
    long start = System.nanoTime();
    ProgressTicker ticker = ticker();
    hidden = true;
    ticker.tell(start);
    hidden = false;
    done = 7;
    ticker.tell(start + SECOND);
    done = 40;
    ticker.tell(start + 60 * SECOND);
    assertEquals(List.of("7 of 40 images"), terminal);
    assertEquals(List.of(), lines);
  }

  @Test
  void ignoresAProbeThatEndsAfterClosing() {
    ProgressTicker ticker = ticker();
    done = 7;
    closing = ticker;
    ticker.tell(System.nanoTime());
    assertEquals(List.of(), terminal);
  }

  private ProgressTicker ticker() {
    return new ProgressTicker(
        new Pace("", "images"), this::look, lines::add, terminal::add, 30 * SECOND);
  }

  private ProgressTicker.Count look() throws IOException {
    if (closing != null) {
      closing.close();
    }
    if (hidden) {
      throw new IOException("the store does not answer");
    }
    return new ProgressTicker.Count(done, 40);
  }
}
