package ghostbeam.pipelines.cli;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/**
 * A flag as described by its getter's annotations, read without Beam's options factory, which takes
 * a second to start.
 *
 * @param name in camelCase, without dashes
 * @param type of the value
 * @param description one or two sentences, or empty
 * @param fallback the default as a user would type it, or empty if there is none
 * @param required whether the job needs it
 * @param hidden whether help omits it
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
  private static final Map<Class<?>, Form> FORMS =
      Map.of(
          Boolean.class, Form.SWITCH,
          Integer.class, Form.INT,
          Long.class, Form.LONG,
          Float.class, Form.NUMBER,
          Double.class, Form.NUMBER);

  /** The form of a value, and its check, which throws IllegalArgumentException. */
  private enum Form {
    SWITCH("true|false", Form::requireBoolean),
    INT("<whole number>", Integer::parseInt),
    LONG("<whole number>", Long::parseLong),
    NUMBER("<number>", Double::parseDouble),
    TEXT("<value>", value -> {});

    private final String shown;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Consumer<String> check;

    Form(String shown, Consumer<String> check) {
      this.shown = shown;
      this.check = check;
    }

    private static void requireBoolean(String value) {
      if (!value.equals("true") && !value.equals("false")) {
        throw new IllegalArgumentException(value);
      }
    }
  }

  /**
   * The flags of an options interface and its superinterfaces: required ones first, then by name.
   */
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

  /** Whether the flag is GhostBeam's, not Beam's. */
  boolean isOurs() {
    return owner.getName().startsWith("ghostbeam.");
  }

  boolean isSwitch() {
    return form() == Form.SWITCH;
  }

  private Form form() {
    return type instanceof Class<?> raw
        ? FORMS.getOrDefault(MethodType.methodType(raw).wrap().returnType(), Form.TEXT)
        : Form.TEXT;
  }

  /** Whether it may be repeated. */
  boolean isList() {
    return type instanceof ParameterizedType list && list.getRawType() == List.class;
  }

  /** The form of a value: {@code <whole number>}, {@code a|b} or {@code <value>}. */
  String valueForm() {
    return constants().isEmpty() ? form().shown : String.join("|", constants());
  }

  /**
   * Checks a value and returns it in the spelling that Beam takes.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  String checked(String value) {
    if (constants().isEmpty()) {
      form().check.accept(value);
      return value;
    }
    return constants().stream()
        .filter(value::equalsIgnoreCase)
        .findFirst()
        .orElseThrow(IllegalArgumentException::new);
  }

  /** The values of an enum flag as printed; empty for other flags. */
  List<String> constants() {
    return type instanceof Class<?> kind && kind.isEnum()
        ? Arrays.stream(kind.getEnumConstants()).map(Object::toString).toList()
        : List.of();
  }

  /** The value of the getter's {@code @Default.X} annotation, if any. */
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
