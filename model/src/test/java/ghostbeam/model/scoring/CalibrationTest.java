package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationTest {

  /**
   * Images are {@code confidence:hit}. Computed by hand in fractions from Guo et al. 2017, formula
   * 3: Σ over bins of |Σ hits − Σ confidences| / images. The confidences are multiples of 2⁻³², so
   * that their sums are exact.
   */
  @ParameterizedTest
  @CsvSource({
    "1:1, 0", // all correct and certain
    "1:0, 1", // certain and wrong
    "0.5:1 0.5:0, 0", // one bin, right half of the time
    "0.5:0 0.5:0, 0.5",
    "0.25:0 0.75:1, 0.25", // two bins, each 0.25 off
    "0.25:1 0.75:0, 0.75",
    "0.875:1 0.875:1 0.875:1 0.875:0, 0.125",
    "0.9375:1 1:0, 0.46875", // both in the last bin: |1 − 1.9375| / 2
    "0.125:1 0.25:0 0.375:1 0.5:0 0.625:1 0.75:0 0.875:1 1:0, 0.5625",
  })
  void errorIsTheMeanGapOfTheBins(String images, double expected) {
    Calibration calibration = new Calibration();
    for (String image : images.split(" ", -1)) {
      String[] parts = image.split(":", -1);
      calibration.add(Double.parseDouble(parts[0]), parts[1].equals("1"));
    }
    assertEquals(expected, calibration.expectedError(), 1e-12);
  }

  @Test
  void binsAreClosedAtTheirUpperEnd() {
    Calibration calibration = new Calibration();
    calibration.add(3 / 15.0, true);
    calibration.add(Math.nextUp(3 / 15.0), true);
    assertEquals(1, calibration.bins().get(2).count());
    assertEquals(1, calibration.bins().get(3).count());
  }

  @Test
  void emptyCalibrationHasNoError() {
    assertTrue(Double.isNaN(new Calibration().expectedError()));
  }
}
