package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;

/**
 * Operations of AutoAugment and RandAugment, pixel for pixel as Pillow does them; affine ones
 * sample the nearest neighbour and fill with grey.
 */
enum Operation {
  /** Magnitude: horizontal shift over height, ±0.3 at level 10. */
  SHEAR_X,
  /** Magnitude: vertical shift over width, ±0.3 at level 10. */
  SHEAR_Y,
  /** Magnitude: shift to the left as a fraction of the width, ±150/331 at level 10. */
  TRANSLATE_X,
  /** Magnitude: upward shift as a fraction of the height, ±150/331 at level 10. */
  TRANSLATE_Y,
  /** Magnitude: counter-clockwise degrees about the centre, ±30 at level 10. */
  ROTATE,
  /** Magnitude: factor of the saturation, from 0.1 at level 0 to 1.9 at level 10. */
  COLOR,
  /** Magnitude: factor of the distance to the mean grey, from 0.1 to 1.9. */
  CONTRAST,
  /** Magnitude: factor of all samples, from 0.1 to 1.9. */
  BRIGHTNESS,
  /** Magnitude: factor of the distance to the smoothed image, from 0.1 to 1.9. */
  SHARPNESS,
  /** Magnitude: threshold at and above which samples are inverted, from 256 down to 0. */
  SOLARIZE,
  /** Magnitude: value added to samples below 128, from 0 to 110. */
  SOLARIZE_ADD,
  /** Magnitude: bits kept of each sample, from 4 down to 0. */
  POSTERIZE,
  EQUALIZE,
  INVERT,
  AUTO_CONTRAST;

  private static final double MAX_SHIFT = 150.0 / 331;
  private static final int MIDDLE = 128;

  /** The magnitude of a level from 0 to 10. */
  double magnitude(int level) {
    return switch (this) {
      case SHEAR_X, SHEAR_Y -> 0.3 * level / 10;
      case TRANSLATE_X, TRANSLATE_Y -> MAX_SHIFT * level / 10;
      case ROTATE -> 30.0 * level / 10;
      case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS -> 1.8 * level / 10 + 0.1;
      case SOLARIZE -> 256 - 256.0 * level / 10;
      case SOLARIZE_ADD -> 11 * level;
      case POSTERIZE -> 4 - 4 * level / 10;
      case EQUALIZE, INVERT, AUTO_CONTRAST -> 0;
    };
  }

  /** Whether the magnitude may be negative. */
  boolean isSigned() {
    return switch (this) {
      case SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y, ROTATE -> true;
      default -> false;
    };
  }

  /** The changed image, of the same size. */
  Pixels apply(Pixels image, double magnitude) {
    return switch (this) {
      case SHEAR_X -> new Distortion(1, magnitude, 0, 0, 1, 0).apply(image);
      case SHEAR_Y -> new Distortion(1, 0, 0, magnitude, 1, 0).apply(image);
      case TRANSLATE_X -> new Distortion(1, 0, magnitude * image.width(), 0, 1, 0).apply(image);
      case TRANSLATE_Y -> new Distortion(1, 0, 0, 0, 1, magnitude * image.height()).apply(image);
      case ROTATE -> Distortion.rotation(image, magnitude).apply(image);
      case COLOR -> Enhancement.color(image, magnitude);
      case CONTRAST -> Enhancement.contrast(image, magnitude);
      case BRIGHTNESS -> Enhancement.brightness(image, magnitude);
      case SHARPNESS -> Enhancement.sharpness(image, magnitude);
      case SOLARIZE -> ToneCurve.solarize(magnitude).apply(image);
      case SOLARIZE_ADD -> ToneCurve.brighterBelow(MIDDLE, (int) magnitude).apply(image);
      case POSTERIZE -> ToneCurve.posterize((int) magnitude).apply(image);
      case INVERT -> ToneCurve.solarize(0).apply(image);
      case EQUALIZE -> ToneCurve.equalize(image).apply(image);
      case AUTO_CONTRAST -> ToneCurve.stretch(image).apply(image);
    };
  }
}
