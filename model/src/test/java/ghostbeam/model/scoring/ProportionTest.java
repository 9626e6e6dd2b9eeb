package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {

  /**
   * Computed from Wilson's formula with 40 decimal digits. 81/263, 15/148, 0/20 and 1/29 are the
   * examples of Newcombe, Statistics in Medicine 17 (1998), who prints 0.2553–0.3662,
   * 0.0624–0.1605, 0–0.1611 and 0.0061–0.1718.
   */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.255288519878274, 0.3662095769828",
    "15, 148, 0.0623863995307363, 0.160487241723308",
    "0, 20, 0, 0.161125158052819",
    "1, 29, 0.00611321429276266, 0.171755218793203",
    "0, 1, 0, 0.793450685622763",
    "1, 1, 0.206549314377237, 1",
    "1, 2, 0.0945312057342307, 0.905468794265769",
    "0, 50000, 0, 7.68232741450005e-05",
    "50000, 50000, 0.999923176725855, 1",
    "36979, 50000, 0.735714958393334, 0.743408230966627",
    "839, 1000, 0.814929990306281, 0.860475467440513",
  })
  void intervalIsWilsons(long correct, long total, double low, double high) {
    Proportion proportion = new Proportion(correct, total);
    assertEquals(low, proportion.low(), 1e-12);
    assertEquals(high, proportion.high(), 1e-12);
  }

  @Test
  void extremesEndExactlyAtZeroAndOne() {
    assertEquals(0.0, new Proportion(0, 7).low());
    assertEquals(1.0, new Proportion(7, 7).high());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0",
    "10, 10, 0",
    "1, 2, 0.35355339059327376",
    "39922, 50000, 0.00179406558631506"
  })
  void standardErrorIsTheBinomials(long correct, long total, double expected) {
    assertEquals(expected, new Proportion(correct, total).standardError(), 1e-9);
  }

  @Test
  void anEmptyProportionHasTheWidestInterval() {
    Proportion nothing = new Proportion(0, 0);
    assertTrue(Double.isNaN(nothing.rate()));
    assertEquals(0.0, nothing.low());
    assertEquals(1.0, nothing.high());
  }

  @Test
  void rejectsMoreCorrectThanTotal() {
    assertThrows(IllegalArgumentException.class, () -> new Proportion(3, 2));
  }

  /** Table II of Newcombe 1998, method 10. */
  @ParameterizedTest
  @CsvSource({
    "56, 70, 48, 80, 0.0524, 0.3339",
    "9, 10, 3, 10, 0.1705, 0.8090",
    "6, 7, 2, 7, 0.0582, 0.8062",
    "5, 56, 0, 29, -0.0381, 0.1926",
    "10, 10, 0, 10, 0.6075, 1.0000"
  })
  void aDifferenceHasNewcombesInterval(
      long one, long ofOne, long other, long ofOther, double low, double high) {
    Proportion.Difference difference =
        new Proportion(one, ofOne).minus(new Proportion(other, ofOther));
    assertEquals((double) one / ofOne - (double) other / ofOther, difference.rate());
    assertEquals(low, difference.low(), 6e-5);
    assertEquals(high, difference.high(), 6e-5);
  }
}
