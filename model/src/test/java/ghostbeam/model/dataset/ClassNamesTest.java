package ghostbeam.model.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ClassNamesTest {
  @Test
  void saysTheFirstDifference() {
    assertEquals(
        Optional.of("class 0 is 'a' in one and 'b' in the other"),
        ClassNames.difference(List.of("a", "b"), List.of("b")));
    assertEquals(
        Optional.of("one has 2 and the other 1, of which class 1 is 'b'"),
        ClassNames.difference(List.of("a", "b"), List.of("a")));
    assertEquals(Optional.empty(), ClassNames.difference(List.of("a"), List.of("a")));
  }

  @Test
  void saysWhyNamesDifferThatLookAlike() {
    String difference =
        ClassNames.difference(List.of("a", "caf\u00e9"), List.of("a", "cafe\u0301")).orElseThrow();

    assertTrue(difference.startsWith("class 1 is 'caf\u00e9' in one and 'cafe\u0301'"), difference);
    assertTrue(difference.contains("decomposed (NFD)"), difference);
  }
}
