package ghostbeam.model.recipe;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.function.Function;

/**
 * One named number or choice of a training, as the accessor of a record's component: {@code
 * Batching::batchSize}. Its name is the component's, so that records need no method for each to
 * change it.
 */
@FunctionalInterface
public interface Setting<P extends Record, V> extends Function<P, V>, Serializable {

  /** What it is called, which its flag is, too. */
  default String name() {
    return accessor().getImplMethodName();
  }

  private SerializedLambda accessor() {
    try {
      Method method = getClass().getDeclaredMethod("writeReplace");
      method.setAccessible(true);
      return (SerializedLambda) method.invoke(this);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("a setting is the accessor of a record's component", e);
    }
  }

  /**
   * A record, or one of records, with another value of this.
   *
   * @throws IllegalArgumentException where it cannot have that value, or the record has no such
   *     setting
   */
  default <R extends Record> R in(R whole, V value) {
    String part = accessor().getImplClass().replace('/', '.');
    if (!has(whole, part, name())) {
      throw new IllegalArgumentException(
          whole.getClass().getSimpleName() + " has no setting " + name() + " of " + part);
    }
    return copy(whole, part, name(), value);
  }

  private static boolean has(Record whole, String part, String name) {
    boolean here = whole.getClass().getName().equals(part);
    return Arrays.stream(whole.getClass().getRecordComponents())
        .anyMatch(
            component ->
                (here && component.getName().equals(name))
                    || (value(whole, component) instanceof Record inner && has(inner, part, name)));
  }

  private static Object value(Record whole, RecordComponent component) {
    try {
      return component.getAccessor().invoke(whole);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked") // a record's own constructor makes its like
  private static <R extends Record> R copy(R whole, String part, String name, Object value) {
    RecordComponent[] components = whole.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = value(whole, components[i]);
        if (whole.getClass().getName().equals(part) && components[i].getName().equals(name)) {
          values[i] = value;
        } else if (values[i] instanceof Record inner) {
          values[i] = copy(inner, part, name, value);
        }
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return (R) whole.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException refusal
          ? refusal
          : new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Checks that one is what it may be.
   *
   * @throws IllegalArgumentException naming it, what it may be and what it is
   */
  static void require(boolean holds, String name, String expectation, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "--%s is %s, found %s".formatted(name, expectation, found));
    }
  }
}
