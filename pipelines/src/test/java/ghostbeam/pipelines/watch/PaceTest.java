package ghostbeam.pipelines.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;

  private final Pace pace = new Pace("", "images");

  @Test
  void saysNothingBeforeSomethingIsDone() {
    assertEquals(Optional.empty(), pace.see(0, 0, 50_000));
    assertEquals(Optional.empty(), pace.see(SECOND, 3, 0), "of nobody knows how many");
  }

  @Test
  void saysDoneTotalRateAndTimeLeft() {
    pace.see(0, 0, 50_000);
    assertEquals(Optional.of("800 of 50,000 images"), pace.see(60 * SECOND, 800, 50_000));
    assertEquals(
        Optional.of("12,800 of 50,000 images, 300 images/s, 2 min 04 s left"),
        pace.see(100 * SECOND, 12_800, 50_000));
  }

  @Test
  void doesNotCountAnEarlierRunsWorkAsItsSpeed() {
    assertEquals(Optional.of("600 of 1,024 images"), pace.see(0, 600, 1024));
    assertEquals(
        Optional.of("604 of 1,024 images, 2.0 images/s, 3 min 30 s left"),
        pace.see(2 * SECOND, 604, 1024));
  }

  @Test
  void countsWhatIsSlowByTheMinute() {
    pace.see(0, 1, 10);
    assertEquals(
        Optional.of("3 of 10 images, 2.0 images/min, 3 min 30 s left"),
        pace.see(60 * SECOND, 3, 10));
  }

  @Test
  void forgetsHowFastItOnceWas() {
    for (int second = 0; second <= 100; second++) {
      pace.see(second * SECOND, second * 100L, 20_000);
    }
    for (int second = 1; second < 60; second++) {
      pace.see((100 + second) * SECOND, 10_000 + second, 20_000);
    }
    assertEquals(
        Optional.of("10,060 of 20,000 images, 1.0 images/s, 2 h 45 min left"),
        pace.see(160 * SECOND, 10_060, 20_000));
  }

  @Test
  void startsOverWhenTheCountFalls() {
    pace.see(0, 900, 1000);
    assertEquals(Optional.of("40 of 1,000 images"), pace.see(5 * SECOND, 40, 1000));
    assertEquals(
        Optional.of("140 of 1,000 images, 20 images/s, 43 s left"),
        pace.see(10 * SECOND, 140, 1000));
  }

  @Test
  void namesThePartThatItCounts() {
    Pace second = new Pace("pass 2 of 8", "images");
    second.see(0, 100, 1000);
    assertEquals(
        Optional.of("pass 2 of 8: 200 of 1,000 images, 100 images/s, 8 s left"),
        second.see(SECOND, 200, 1000));
  }

  @Test
  void slowsDownWhileNothingHappens() {
    pace.see(0, 1, 301);
    assertEquals(
        Optional.of("101 of 301 images, 50 images/s, 4 s left"), pace.see(2 * SECOND, 101, 301));
    assertEquals(
        Optional.of("101 of 301 images, 10 images/s, 20 s left"), pace.see(10 * SECOND, 101, 301));
  }
}
