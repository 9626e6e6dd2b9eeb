package ghostbeam.pipelines.evaluate;

import ghostbeam.model.inference.ModuleInput;
import ghostbeam.pipelines.cli.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** What flags say of TorchScript modules that do not say it themselves. */
final class ModuleFlags {
  private ModuleFlags() {}

  /** Throws {@link UsageException} for a value that cannot be. */
  static ModuleInput of(EvaluateOptions options) {
    List<Float> mean = channels("mean", options.getMean(), value -> value >= 0 && value <= 1);
    List<Float> std = channels("std", options.getStd(), value -> value > 0 && value <= 1);
    ModuleInput planes = new ModuleInput.Planes(mean, std);
    ModuleInput samples = new ModuleInput.Samples();
    return List.of(planes, samples).stream()
        .filter(input -> input.title().equals(options.getModuleInput()))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--moduleInput=%s cannot be; it takes %s or %s"
                        .formatted(options.getModuleInput(), planes.title(), samples.title())));
  }

  private static List<Float> channels(String flag, String text, Predicate<Float> sound) {
    try {
      List<Float> values =
          Arrays.stream(text.split(",", -1)).map(value -> Float.valueOf(value.strip())).toList();
      if (values.size() == 3 && values.stream().allMatch(sound)) {
        return values;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new UsageException(
        "--%s=%s cannot be; it takes three numbers by comma, of red, green and blue samples from 0 to 1"
            .formatted(flag, text));
  }
}
