package ghostbeam.model.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PlanesTest {
  @Test
  void repeatsTheLastColumnAndRowOfAnOddPlane() {
    byte[] plane = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertArrayEquals(
        new byte[] {1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 7, 8, 9, 9},
        Planes.extended(plane, 3, 3, 4, 4));
    assertArrayEquals(plane, Planes.extended(plane, 3, 3, 3, 3));
  }

  @Test
  void rejectsPlanesThatDoNotFitTheImage() {
    byte[] colors = new byte[4];
    new Planes(3, 3, 2, 2, new byte[16], colors, colors);
    assertThrows(
        IllegalArgumentException.class, () -> new Planes(3, 3, 2, 2, new byte[9], colors, colors));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Planes(3, 3, 2, 2, new byte[16], colors, new byte[3]));
  }
}
