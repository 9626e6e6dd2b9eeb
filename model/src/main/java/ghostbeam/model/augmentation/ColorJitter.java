package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast and saturation, in random order, each by a factor uniform in [1 −
 * strength, 1 + strength].
 *
 * @param strength from 0 to 1; 0.5 in the original recipe
 */
public record ColorJitter(double strength) implements Augmentation {
  private static final Operation[][] ORDERS = {
    {Operation.BRIGHTNESS, Operation.CONTRAST, Operation.COLOR},
    {Operation.BRIGHTNESS, Operation.COLOR, Operation.CONTRAST},
    {Operation.CONTRAST, Operation.BRIGHTNESS, Operation.COLOR},
    {Operation.CONTRAST, Operation.COLOR, Operation.BRIGHTNESS},
    {Operation.COLOR, Operation.BRIGHTNESS, Operation.CONTRAST},
    {Operation.COLOR, Operation.CONTRAST, Operation.BRIGHTNESS},
  };

  public ColorJitter {
    if (!(strength >= 0 && strength <= 1)) {
      throw new IllegalArgumentException("jitter strength " + strength + ", expected 0 to 1");
    }
  }

  @Override
  public Pixels apply(Pixels crop, RandomGenerator random) {
    Pixels image = crop;
    for (Operation operation : ORDERS[random.nextInt(ORDERS.length)]) {
      image = operation.apply(image, 1 + strength * (2 * random.nextDouble() - 1));
    }
    return image;
  }
}
