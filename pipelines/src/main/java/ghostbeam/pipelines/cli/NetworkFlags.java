package ghostbeam.pipelines.cli;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.network.Preset;
import java.util.Arrays;
import java.util.List;

/** What {@link NetworkOptions} ask for. */
public final class NetworkFlags {
  private static final int OWN_INPUT_SIZE = 224;

  private NetworkFlags() {}

  /**
   * The network that the flags name.
   *
   * @throws UsageException for a flag that cannot be
   * @throws IllegalArgumentException for a network that cannot be
   */
  public static Architecture architecture(NetworkOptions options, int classes) {
    boolean own = !options.getLayers().isEmpty() || !options.getChannels().isEmpty();
    if (!own) {
      if (options.isLarge()) {
        throw new UsageException("--large needs --layers and --channels; presets have their own");
      }
      Architecture preset = preset(options.getPreset()).architecture(classes);
      return options.getInputSize() == 0 ? preset : preset.withInputSize(options.getInputSize());
    }
    return BigNet.of(
        "custom",
        numbers("layers", options.getLayers()),
        numbers("channels", options.getChannels()),
        options.isLarge(),
        options.getInputSize() == 0 ? OWN_INPUT_SIZE : options.getInputSize(),
        classes);
  }

  private static Preset preset(String title) {
    try {
      return Preset.named(title);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage() + Nearest.hint("", title, Preset.titles()));
    }
  }

  private static List<Integer> numbers(String flag, String value) {
    try {
      return Arrays.stream(value.split(",", -1)).map(String::trim).map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new UsageException(
          "--" + flag + "=" + value + " cannot be; expected six numbers such as 1,2,2,4,2,5");
    }
  }

  /** The bicubic that a network's published weights were made with. */
  public static Interpolation published(Architecture architecture) {
    return architecture.family().interpolation();
  }
}
