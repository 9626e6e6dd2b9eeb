package ghostbeam.pipelines.evaluate;

import ghostbeam.model.inference.ModuleInput;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.transforms.ingest.ClassList;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Flags that describe TorchScript modules that do not describe themselves.
 *
 * @param input what the modules take
 * @param classes path of the list of their classes, in logit order; empty if none was given
 * @param given flags whose values differ from their defaults, as typed
 */
record ModuleFlags(ModuleInput input, String classes, List<String> given) {
  /** Enough for a manifest. */
  private static final int LARGEST_LIST = 64 << 20;

  /** Throws {@link UsageException} for an invalid value. */
  static ModuleFlags of(EvaluateOptions options) {
    List<Float> mean = channels("mean", options.getMean(), value -> value >= 0 && value <= 1);
    List<Float> std = channels("std", options.getStd(), value -> value > 0 && value <= 1);
    ModuleInput planes = new ModuleInput.Planes(mean, std);
    ModuleInput samples = new ModuleInput.Samples();
    ModuleInput input =
        List.of(planes, samples).stream()
            .filter(form -> form.title().equals(options.getModuleInput()))
            .findFirst()
            .orElseThrow(
                () ->
                    new UsageException(
                        "--moduleInput=%s is invalid; expected %s or %s"
                            .formatted(options.getModuleInput(), planes.title(), samples.title())));
    List<String> normalisation = given(options, "mean", "std");
    if (input.equals(samples) && !normalisation.isEmpty()) {
      throw new UsageException(
          "%s cannot be combined with --moduleInput=%s, which takes raw samples; leave one of them out"
              .formatted(String.join(" and ", normalisation), samples.title()));
    }
    return new ModuleFlags(
        input,
        Objects.requireNonNullElse(options.getModuleClasses(), ""),
        given(options, "moduleInput", "mean", "std", "moduleClasses"));
  }

  /** The flags whose values differ from their defaults, as typed. */
  private static List<String> given(EvaluateOptions options, String... flags) {
    Map<String, String> defaults = values(PipelineOptionsFactory.as(EvaluateOptions.class));
    Map<String, String> values = values(options);
    return Arrays.stream(flags)
        .filter(flag -> !defaults.get(flag).equals(values.get(flag)))
        .map(flag -> "--" + flag + "=" + values.get(flag))
        .toList();
  }

  private static Map<String, String> values(EvaluateOptions options) {
    return Map.of(
        "moduleInput", options.getModuleInput(),
        "mean", options.getMean(),
        "std", options.getStd(),
        "moduleClasses", Objects.requireNonNullElse(options.getModuleClasses(), ""));
  }

  /**
   * Names of modules' classes.
   *
   * @param file that holds them; null if none was given
   */
  record Named(List<String> names, Report.ClassFile file) {}

  /**
   * Reads the names of modules' classes, spelled as in the data if the list has several words for
   * each.
   *
   * @throws IOException if the list is missing or names no classes
   */
  Named classes(Storage storage, List<String> data) throws IOException {
    if (classes.isBlank()) {
      return new Named(List.of(), null);
    }
    String path = Launch.absolute(classes);
    List<String> names = ClassList.read(storage, path).over(data).names();
    if (names.isEmpty()) {
      throw new IOException(
          "--moduleClasses=%s names no class; expected one class a line, or a manifest"
              .formatted(classes));
    }
    String digest = Sha256.of(storage.readWhole(path, LARGEST_LIST));
    return new Named(names, new Report.ClassFile(path, digest));
  }

  /** Throws {@link UsageException} if any was given, since there is no module that needs it. */
  void requireNone() {
    if (!given.isEmpty()) {
      throw new UsageException(
          "%s is not needed: no file of --checkpoints is a module without that information; leave it out"
              .formatted(String.join(" and ", given)));
    }
  }

  private static List<Float> channels(String flag, String text, Predicate<Float> sound) {
    try {
      List<Float> values =
          Arrays.stream(text.split(",", -1)).map(value -> Float.valueOf(value.strip())).toList();
      if (values.size() == 3 && values.stream().allMatch(sound)) {
        return values;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new UsageException(
        "--%s=%s is invalid; expected three comma-separated numbers from 0 to 1, for red, green and blue"
            .formatted(flag, text));
  }
}
