package ghostbeam.model.recipe;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.function.Function;

/**
 * One named number or choice of a training, as the accessor of a record's component: {@code
 * Batching::batchSize}. Its name is the component's, so that records need no method for each to
 * change it.
 */
@FunctionalInterface
public interface Setting<P extends Record, V> extends Function<P, V>, Serializable {

  /** What it is called, in a recipe's file and everywhere else. */
  default String name() {
    try {
      Method method = getClass().getDeclaredMethod("writeReplace");
      method.setAccessible(true);
      return ((SerializedLambda) method.invoke(this)).getImplMethodName();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("a setting is the accessor of a record's component", e);
    }
  }

  /**
   * Checks that one is what it may be.
   *
   * @throws UnfitSettingException naming it, what it may be and what it is
   */
  static void require(boolean holds, String name, String expectation, Object found) {
    if (!holds) {
      throw new UnfitSettingException(name, expectation, found);
    }
  }
}
