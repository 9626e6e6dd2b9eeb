package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.augmentation.RandAugment.Trial;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.GoldenImages;
import ghostbeam.model.codec.Pixels;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RandAugmentTest {
  private static final int IMAGES = 10_000;

  private static Pixels golden(String name) throws Exception {
    try (InputStream in =
        RandAugmentTest.class.getResourceAsStream("/golden/augmentation/" + name)) {
      return Codec.best().decode(in.readAllBytes());
    }
  }

  @Test
  void matchesPillowInEveryPixelForGivenDraws() throws Exception {
    Pixels input = golden("cases.png").crop(0, 0, 40, 30);
    Pixels all = golden("draws.png");
    JsonNode cases = Draws.GOLDEN.get("randAugment");
    assertEquals(30 * cases.size(), all.height());
    Set<Operation> seen = EnumSet.noneOf(Operation.class);
    for (int i = 0; i < cases.size(); i++) {
      JsonNode row = cases.get(i);
      RandAugment augment =
          new RandAugment(row.get("layers").asInt(), row.get("magnitude").asInt());
      Draws draws = Draws.of(row);
      assertArrayEquals(
          all.crop(0, 30 * i, 40, 30).rgb(), augment.apply(input, draws).rgb(), row.toString());
      draws.assertSpent();
      row.get("operations").forEach(name -> seen.add(Operation.valueOf(name.asText())));
    }
    assertEquals(EnumSet.allOf(Operation.class), seen);
  }

  /**
   * All fifteen operations are equally likely; each is applied half of the time, with either sign.
   */
  @Test
  void drawsOperationsEvenly() {
    SplittableRandom random = new SplittableRandom(1);
    Map<Operation, Integer> happened = new EnumMap<>(Operation.class);
    Map<Operation, Integer> below = new EnumMap<>(Operation.class);
    for (int i = 0; i < IMAGES; i++) {
      for (Trial trial : new RandAugment(2, 9).draw(random)) {
        happened.merge(trial.operation(), 1, Integer::sum);
        below.merge(trial.operation(), isBelow(trial) ? 1 : 0, Integer::sum);
      }
    }
    assertEquals(15, happened.size());
    double[] evenly = new double[15];
    Arrays.fill(evenly, 1.0 / 15);
    int[] counts = happened.values().stream().mapToInt(Integer::intValue).toArray();
    Draws.assertCounts("operations", counts, evenly);
    // Each of the two layers applies its operation half of the time.
    assertEquals(IMAGES, Arrays.stream(counts).sum(), 5 * Math.sqrt(2 * IMAGES) / 2);
    below.values().removeIf(count -> count == 0);
    assertEquals(9, below.size(), below.toString());
    below.forEach(
        (operation, negative) -> {
          int of = happened.get(operation);
          assertEquals(of / 2.0, negative, 5 * Math.sqrt(of) / 2, operation.toString());
        });
  }

  private static boolean isBelow(Trial trial) {
    return switch (trial.operation()) {
      case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS -> trial.magnitude() < 1;
      default -> trial.magnitude() < 0;
    };
  }

  @Test
  void noneDrawsNothingAndChangesNothing() {
    Pixels image = GoldenImages.png("landscape_420.val56.png");
    Draws draws = new Draws();
    assertSame(image, RandAugment.NONE.apply(image, draws));
    assertFalse(RandAugment.NONE.applies());
  }

  @Test
  void roundTripsThroughItsText() {
    for (RandAugment one : new RandAugment[] {RandAugment.NONE, new RandAugment(2, 9)}) {
      assertEquals(one, RandAugment.of(one.toString()));
    }
    assertEquals("2,9", new RandAugment(2, 9).toString());
    assertEquals("none", RandAugment.NONE.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "2", "0,9", "2,11", "16,1", "2,9,1", "2;9", "-1,3", "true", "99999,1"})
  void rejectsOtherTexts(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> RandAugment.of(text)).getMessage();
    assertTrue(message.endsWith("found " + text), message);
  }
}
