package ghostbeam.model.recipe;

/** One named number or choice of a training. */
final class Setting {
  private Setting() {}

  /**
   * Checks that it is what it may be.
   *
   * @throws IllegalArgumentException naming the setting, what it may be and what it is
   */
  static void require(boolean holds, String name, String expectation, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "--%s is %s, found %s".formatted(name, expectation, found));
    }
  }
}
