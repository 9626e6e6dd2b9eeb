package ghostbeam.model.recipe;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.function.Function;

/**
 * One setting of a recipe, given by the accessor of its record component, such as {@code
 * Batching::batchSize}. Its name is the component's, so that records need no method to change each.
 */
@FunctionalInterface
public interface Setting<P extends Record, V> extends Function<P, V>, Serializable {

  /** Its name, in recipe files and everywhere else. */
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
   * Checks a setting's value.
   *
   * @throws InvalidSettingException naming the setting, the expectation and the value
   */
  static void require(boolean holds, String name, String expectation, Object found) {
    if (!holds) {
      throw new InvalidSettingException(name, expectation, found);
    }
  }
}
