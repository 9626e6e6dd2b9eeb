package ghostbeam.pipelines.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Choices of one input, a pure function of a seed and the input's number. */
public final class Dice {
  /** Where programs count wrong: ends of types, signs, sizes of other worlds. */
  private static final long[] EXTREMES = {
    0,
    1,
    2,
    -1,
    -2,
    7,
    8,
    127,
    128,
    255,
    256,
    511,
    512,
    513,
    4095,
    4096,
    32767,
    32768,
    65499,
    65500,
    65535,
    65536,
    1 << 20,
    1 << 24,
    (1L << 31) - 9,
    (1L << 31) - 1,
    1L << 31,
    (1L << 32) - 1,
    1L << 32,
    (1L << 32) + 1,
    1L << 40,
    (1L << 53) + 1,
    (1L << 62) - 1,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1
  };

  private final SplittableRandom random;

  public Dice(long seed, long input) {
    random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + input * 0xD1B54A32D192ED03L);
    random.nextLong();
  }

  /** From 0 to one below the bound; 0 for a bound below 2. */
  public int below(int bound) {
    return bound < 2 ? 0 : random.nextInt(bound);
  }

  public boolean oneIn(int many) {
    return below(many) == 0;
  }

  public long any() {
    return random.nextLong();
  }

  public long extreme() {
    long value = EXTREMES[below(EXTREMES.length)];
    return oneIn(4) ? -value : oneIn(4) ? value + below(5) - 2 : value;
  }

  public <T> T of(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
