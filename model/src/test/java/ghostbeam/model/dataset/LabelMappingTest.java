package ghostbeam.model.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelMappingTest {

  @Test
  void matchesByNameInAnyOrder() {
    LabelMapping labels = LabelMapping.of(List.of("b", "d"), List.of("d", "c", "b", "a"));
    assertEquals(2, labels.toNetwork(0));
    assertEquals(0, labels.toNetwork(1));
    assertEquals(1, labels.toData(0));
    assertEquals(LabelMapping.NONE, labels.toData(1));
    assertEquals(LabelMapping.NONE, labels.toData(LabelMapping.NONE));
    assertEquals("c", labels.name(1));
    assertEquals(4, labels.networkClasses());
    assertTrue(labels.isPart());
    assertFalse(LabelMapping.of(List.of("a", "b"), List.of("b", "a")).isPart());
  }

  @Test
  void numbersMatchByPositionAndTakeTheOtherSidesNames() {
    List<String> names = List.of("x", "y");
    List<String> numbers = List.of("0", "1");
    assertEquals(1, LabelMapping.of(names, numbers).toNetwork(1));
    assertEquals("y", LabelMapping.of(names, numbers).name(1));
    assertEquals("y", LabelMapping.of(numbers, names).name(1));
    assertTrue(LabelMapping.byPosition(names, numbers));
    assertFalse(LabelMapping.byPosition(numbers, numbers));
    assertFalse(LabelMapping.byPosition(names, List.of("y", "x")));
  }

  /** Class 1 of 200 is not class 1 of 1,000. */
  @Test
  void numbersAreNotMatchedByName() {
    assertRefused(
        List.of("0", "1"),
        List.of("0", "1", "2"),
        "it knows 3 classes, the data has 2, and its own are only numbers");
    assertRefused(List.of("0", "1"), List.of("x", "y", "z"), "and the data's are only numbers");
  }

  @Test
  void namesClassesThatTheNetworkDoesNotKnow() {
    assertRefused(
        List.of("a", "b", "c"),
        List.of("a", "x", "y", "z"),
        "1 of the data's 3 classes, but not b, c");
    assertRefused(
        List.of("a", "b", "c", "d", "e"),
        List.of("a"),
        "1 of the data's 5 classes, but not b, c, d, …");
    assertRefused(
        List.of("a", "b"),
        List.of("cat"),
        "it knows none of the data's 2 classes, such as a; its own 1 are such as cat");
  }

  private static void assertRefused(List<String> data, List<String> network, String expected) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> LabelMapping.of(data, network))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }
}
