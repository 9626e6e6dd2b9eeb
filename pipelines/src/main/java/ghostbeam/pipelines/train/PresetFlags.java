package ghostbeam.pipelines.train;

import ghostbeam.model.network.Preset;
import ghostbeam.model.training.PublishedRecipe;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.display.DisplayData;

/** Flags that a preset's published recipe decides where the user does not. */
final class PresetFlags {
  private PresetFlags() {}

  /**
   * Sets what the recipe says and the user has left open.
   *
   * @return the flags that were set, with their values
   */
  static Map<String, String> fill(TrainOptions options) {
    if (!options.getLayers().isEmpty() || !options.getChannels().isEmpty()) {
      return Map.of();
    }
    Set<String> given =
        DisplayData.from(options).items().stream()
            .map(DisplayData.Item::getKey)
            .collect(Collectors.toSet());
    Map<String, String> open = new LinkedHashMap<>();
    PublishedRecipe.of(Preset.named(options.getPreset()))
        .flags()
        .forEach(
            (flag, value) -> {
              if (!given.contains(flag)) {
                open.put(flag, value);
              }
            });
    String[] arguments =
        open.entrySet().stream()
            .map(flag -> "--" + flag.getKey() + "=" + flag.getValue())
            .toArray(String[]::new);
    TrainOptions published = PipelineOptionsFactory.fromArgs(arguments).as(TrainOptions.class);
    open.keySet().forEach(flag -> copy(flag, published, options));
    return open;
  }

  private static void copy(String flag, TrainOptions from, TrainOptions to) {
    String name = Character.toUpperCase(flag.charAt(0)) + flag.substring(1);
    try {
      Method getter = getter(name);
      Method setter = TrainOptions.class.getMethod("set" + name, getter.getReturnType());
      setter.invoke(to, getter.invoke(from));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("train has no flag --" + flag, e);
    }
  }

  private static Method getter(String name) throws NoSuchMethodException {
    try {
      return TrainOptions.class.getMethod("get" + name);
    } catch (NoSuchMethodException e) {
      return TrainOptions.class.getMethod("is" + name);
    }
  }
}
