package ghostbeam.model.augmentation;

import static ghostbeam.model.augmentation.Operation.AUTO_CONTRAST;
import static ghostbeam.model.augmentation.Operation.BRIGHTNESS;
import static ghostbeam.model.augmentation.Operation.COLOR;
import static ghostbeam.model.augmentation.Operation.CONTRAST;
import static ghostbeam.model.augmentation.Operation.EQUALIZE;
import static ghostbeam.model.augmentation.Operation.INVERT;
import static ghostbeam.model.augmentation.Operation.POSTERIZE;
import static ghostbeam.model.augmentation.Operation.ROTATE;
import static ghostbeam.model.augmentation.Operation.SHARPNESS;
import static ghostbeam.model.augmentation.Operation.SHEAR_X;
import static ghostbeam.model.augmentation.Operation.SHEAR_Y;
import static ghostbeam.model.augmentation.Operation.SOLARIZE;
import static ghostbeam.model.augmentation.Operation.SOLARIZE_ADD;
import static ghostbeam.model.augmentation.Operation.TRANSLATE_X;
import static ghostbeam.model.augmentation.Operation.TRANSLATE_Y;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.codec.Pixels;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RandAugment with timm's increasing set ({@code rand-mM-nN-inc1}): a few operations, drawn with
 * replacement from fifteen, each skipped half of the time, all with one magnitude and a random
 * sign.
 *
 * @param layers operations drawn for each image; 0 for no RandAugment
 * @param magnitude of each operation, from 0 to 10 (strongest)
 * @see <a href="https://arxiv.org/abs/1909.13719">Cubuk et al., 2019</a>
 */
public record RandAugment(int layers, int magnitude) implements Augmentation, Serializable {
  public static final RandAugment NONE = new RandAugment(0, 0);

  private static final int MAX_LAYERS = 15;
  private static final int MAX_MAGNITUDE = 10;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,3}),(\\d{1,3})");

  private static final List<Operation> OPERATIONS =
      List.of(
          AUTO_CONTRAST,
          EQUALIZE,
          INVERT,
          ROTATE,
          POSTERIZE,
          SOLARIZE,
          SOLARIZE_ADD,
          COLOR,
          CONTRAST,
          BRIGHTNESS,
          SHARPNESS,
          SHEAR_X,
          SHEAR_Y,
          TRANSLATE_X,
          TRANSLATE_Y);

  /** An operation to apply, with its signed magnitude. */
  record Trial(Operation operation, double magnitude) {}

  public RandAugment {
    if (layers < 0 || layers > MAX_LAYERS || magnitude < 0 || magnitude > MAX_MAGNITUDE) {
      throw unfit(layers + "," + magnitude);
    }
  }

  /**
   * Parses its text form: {@code 2,9} for two operations of magnitude 9, or {@code none}.
   *
   * @throws IllegalArgumentException for any other text, saying what is expected
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static RandAugment of(String text) {
    if (text.equals("none")) {
      return NONE;
    }
    Matcher numbers = TEXT.matcher(text);
    if (!numbers.matches() || Integer.parseInt(numbers.group(1)) == 0) {
      throw unfit(text);
    }
    return new RandAugment(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
  }

  private static IllegalArgumentException unfit(String found) {
    return new IllegalArgumentException(
        "randAugment is none or LAYERS,MAGNITUDE, such as 2,9: 1 to %d layers, magnitude 0 to %d; found %s"
            .formatted(MAX_LAYERS, MAX_MAGNITUDE, found));
  }

  /** Whether it changes any image. */
  public boolean applies() {
    return layers > 0;
  }

  @Override
  public Pixels apply(Pixels crop, RandomGenerator random) {
    Pixels image = crop;
    for (Trial trial : draw(random)) {
      image = trial.operation.apply(image, trial.magnitude);
    }
    return image;
  }

  /** The operations to apply to one image, in order, without skipped ones. */
  List<Trial> draw(RandomGenerator random) {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
      if (random.nextBoolean()) {
        trials.add(new Trial(operation, magnitude(operation, random)));
      }
    }
    return trials;
  }

  private double magnitude(Operation operation, RandomGenerator random) {
    return switch (operation) {
      case ROTATE, SHEAR_X, SHEAR_Y -> eitherSign(operation.magnitude(magnitude), random);
      case TRANSLATE_X, TRANSLATE_Y -> eitherSign(0.45 * magnitude / MAX_MAGNITUDE, random);
      case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS ->
          1 + eitherSign(0.9 * magnitude / MAX_MAGNITUDE, random);
      case POSTERIZE, SOLARIZE, SOLARIZE_ADD, AUTO_CONTRAST, EQUALIZE, INVERT ->
          operation.magnitude(magnitude);
    };
  }

  private static double eitherSign(double value, RandomGenerator random) {
    return random.nextBoolean() ? -value : value;
  }

  @JsonValue
  @Override
  public String toString() {
    return applies() ? layers + "," + magnitude : "none";
  }
}
