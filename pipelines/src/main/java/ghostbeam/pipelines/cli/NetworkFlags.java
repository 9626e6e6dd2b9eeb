package ghostbeam.pipelines.cli;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.torchscript.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns {@link NetworkOptions} into a network. */
public final class NetworkFlags {
  private NetworkFlags() {}

  /**
   * The network that the flags describe.
   *
   * @throws UsageException for an invalid flag
   * @throws IllegalArgumentException for an invalid network
   */
  public static Architecture architecture(NetworkOptions options, int classes) {
    boolean custom = !options.getLayers().isEmpty() || !options.getChannels().isEmpty();
    if (!custom) {
      if (options.isLarge()) {
        throw new UsageException(
            "--large needs --layers and --channels; presets define it already");
      }
      return sized(options.getPreset().architecture(classes), options);
    }
    if (options.getLayers().isEmpty() || options.getChannels().isEmpty()) {
      throw new UsageException("--layers and --channels go together, with six numbers each");
    }
    return sized(
        BigNet.of(
                numbers("layers", options.getLayers()),
                numbers("channels", options.getChannels()),
                options.isLarge())
            .withClasses(classes),
        options);
  }

  private static Architecture sized(Architecture network, NetworkOptions options) {
    return options.getInputSize() == 0 ? network : network.withInputSize(options.getInputSize());
  }

  private static List<Integer> numbers(String flag, String value) {
    try {
      return Arrays.stream(value.split(",", -1)).map(String::trim).map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new UsageException(
          "--" + flag + "=" + value + " is invalid; expected six comma-separated integers");
    }
  }

  /**
   * The bicubic that {@code --interpolation} names.
   *
   * @param expected the values that the flag takes, for the message
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

  /** The bicubic that a network's published weights were trained with. */
  public static Interpolation published(Architecture architecture) {
    return architecture.family().interpolation();
  }
}
