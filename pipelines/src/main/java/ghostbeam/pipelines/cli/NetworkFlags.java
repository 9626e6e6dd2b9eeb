package ghostbeam.pipelines.cli;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.torchscript.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What {@link NetworkOptions} ask for. */
public final class NetworkFlags {
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
      return sized(options.getPreset().architecture(classes), options);
    }
    if (options.getLayers().isEmpty() || options.getChannels().isEmpty()) {
      throw new UsageException("--layers and --channels are given together, six numbers each");
    }
    return sized(
        BigNet.of(
                numbers("layers", options.getLayers()),
                numbers("channels", options.getChannels()),
                options.isLarge())
            .withClasses(classes),
        options);
  }

  private static Architecture sized(Architecture usual, NetworkOptions options) {
    return options.getInputSize() == 0 ? usual : usual.withInputSize(options.getInputSize());
  }

  private static List<Integer> numbers(String flag, String value) {
    try {
      return Arrays.stream(value.split(",", -1)).map(String::trim).map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new UsageException(
          "--" + flag + "=" + value + " cannot be; expected six whole numbers by comma");
    }
  }

  /**
   * The bicubic that {@code --interpolation} names.
   *
   * @param expected what the flag takes, for a message
   */
  public static Interpolation interpolation(String title, String expected) {
    Optional<Interpolation> named = Interpolation.named(title);
    UsageException.require(named.isPresent(), "interpolation", title, expected);
    return named.get();
  }

  /** The precision that {@code --precision} names. */
  public static Precision precision(String title) {
    Optional<Precision> named = Precision.named(title);
    UsageException.require(named.isPresent(), "precision", title, Precision.titles());
    return named.get();
  }

  /** The bicubic that a network's published weights were made with. */
  public static Interpolation published(Architecture architecture) {
    return architecture.family().interpolation();
  }
}
