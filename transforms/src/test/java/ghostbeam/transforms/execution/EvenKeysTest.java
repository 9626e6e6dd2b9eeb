package ghostbeam.transforms.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvenKeysTest {

  @Test
  void givesEveryNumberItsOwnKey() {
    Set<Integer> keys = new HashSet<>();
    for (int number = 0; number < 500; number++) {
      assertTrue(keys.add(EvenKeys.of(number)), "number " + number);
      assertTrue(keys.add(EvenKeys.of(number + 10_080)), "number " + (number + 10_080));
    }
    assertEquals(1000, keys.size());
  }

  @Test
  void noNumberHasTheReservedKey() {
    for (int number = 0; number < 10_080; number++) {
      assertNotEquals(EvenKeys.RESERVED, EvenKeys.of(number), "number " + number);
    }
  }
}
