package ghostbeam.pipelines.cli;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/**
 * One flag as its getter's annotations describe it, read without Beam's options factory, which
 * takes a second to start.
 *
 * @param name in camelCase, without dashes
 * @param type of the value
 * @param description one or two sentences, or empty
 * @param fallback the default as a user would type it, or empty where there is none
 * @param required whether the job needs it
 * @param hidden whether help leaves it out
 * @param owner the interface that declares it
 */
record Flag(
    String name,
    Type type,
    String description,
    String fallback,
    boolean required,
    boolean hidden,
    Class<?> owner) {

  /** The flags of an options interface and those it extends: needed ones first, then by name. */
  static List<Flag> of(Class<? extends PipelineOptions> options) {
    return Arrays.stream(options.getMethods())
        .filter(Flag::isGetter)
        .map(Flag::of)
        .sorted(Comparator.comparing((Flag flag) -> !flag.required()).thenComparing(Flag::name))
        .toList();
  }

  private static boolean isGetter(Method method) {
    return method.getParameterCount() == 0
        && method.getReturnType() != void.class
        && !method.isDefault()
        && (method.getName().startsWith("get") || method.getName().startsWith("is"));
  }

  private static Flag of(Method getter) {
    Description description = getter.getAnnotation(Description.class);
    return new Flag(
        name(getter),
        getter.getGenericReturnType(),
        description == null ? "" : description.value(),
        fallback(getter),
        getter.isAnnotationPresent(Validation.Required.class),
        getter.isAnnotationPresent(Hidden.class),
        getter.getDeclaringClass());
  }

  private static String name(Method getter) {
    String capitalized = getter.getName().replaceFirst("^(get|is)", "");
    return capitalized.substring(0, 1).toLowerCase(Locale.ROOT) + capitalized.substring(1);
  }

  /** Whether the flag is this project's, not Beam's. */
  boolean isOurs() {
    return owner.getName().startsWith("ghostbeam.");
  }

  boolean isSwitch() {
    return type == Boolean.class || type == boolean.class;
  }

  /** Whether it may be given several times. */
  boolean isList() {
    return type instanceof ParameterizedType list && list.getRawType() == List.class;
  }

  /** What a value looks like: {@code <whole number>}, {@code a|b} or {@code <value>}. */
  String valueForm() {
    if (isSwitch()) {
      return "true|false";
    }
    if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
      return "<whole number>";
    }
    if (type == Double.class
        || type == double.class
        || type == Float.class
        || type == float.class) {
      return "<number>";
    }
    return constants().isEmpty() ? "<value>" : String.join("|", constants());
  }

  /** The values an enum flag takes, as it prints them; empty for other flags. */
  List<String> constants() {
    return type instanceof Class<?> kind && kind.isEnum()
        ? Arrays.stream(kind.getEnumConstants()).map(Object::toString).toList()
        : List.of();
  }

  /** The value of whichever {@code @Default.X} the getter carries. */
  private static String fallback(Method getter) {
    return Arrays.stream(getter.getAnnotations())
        .filter(annotation -> annotation.annotationType().getEnclosingClass() == Default.class)
        .filter(annotation -> annotation.annotationType() != Default.InstanceFactory.class)
        .map(Flag::value)
        .collect(Collectors.joining());
  }

  private static String value(Annotation annotation) {
    try {
      return String.valueOf(annotation.annotationType().getMethod("value").invoke(annotation));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(annotation + " has no readable value", e);
    }
  }
}
