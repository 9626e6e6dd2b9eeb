package ghostbeam.model.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/**
 * Expected digests are those of Python's xxhash: {@code xxh3_128(rgb, seed=height << 32 | width)}.
 */
class PixelDigestTest {
  @Test
  void equalsTheReferenceImplementation() {
    byte[] pattern = new byte[41 * 29 * 3];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i * 31 + 7);
    }

    assertEquals("cbfcc4c7df476dbbca790e59c4204819", new Pixels(41, 29, pattern).digest());
    assertEquals(
        "e4efc2e06e5d6409bb83feb20c64fd76", new Pixels(1, 1, new byte[] {1, 2, 3}).digest());
  }

  @Test
  void dependsOnTheShape() {
    byte[] black = new byte[24];

    assertNotEquals(new Pixels(2, 4, black).digest(), new Pixels(4, 2, black).digest());
  }
}
