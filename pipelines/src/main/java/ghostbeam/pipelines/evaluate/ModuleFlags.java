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
 * What flags say of TorchScript modules that do not say it themselves.
 *
 * @param input what they take
 * @param classes the list of their classes, in the order of their logits; empty where none is given
 * @param given flags that have other values than they have by default
 */
record ModuleFlags(ModuleInput input, String classes, List<String> given) {
  /** As a manifest may be. */
  private static final int LARGEST_LIST = 64 << 20;

  /** Throws {@link UsageException} for a value that cannot be. */
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
                        "--moduleInput=%s cannot be; it takes %s or %s"
                            .formatted(options.getModuleInput(), planes.title(), samples.title())));
    List<String> normalisation = given(options, "mean", "std");
    if (input.equals(samples) && !normalisation.isEmpty()) {
      throw new UsageException(
          "%s cannot be with --moduleInput=%s, which are samples as they are; leave either out"
              .formatted(String.join(" and ", normalisation), samples.title()));
    }
    return new ModuleFlags(
        input,
        Objects.requireNonNullElse(options.getModuleClasses(), ""),
        given(options, "moduleInput", "mean", "std", "moduleClasses"));
  }

  /** Those that are not what they are unless somebody says so. */
  private static List<String> given(EvaluateOptions options, String... flags) {
    Map<String, String> usual = values(PipelineOptionsFactory.as(EvaluateOptions.class));
    Map<String, String> values = values(options);
    return Arrays.stream(flags)
        .filter(flag -> !usual.get(flag).equals(values.get(flag)))
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
   * @param file where they are; null where there are none
   */
  record Named(List<String> names, Report.ClassFile file) {}

  /**
   * Names of modules' classes, as the data calls them where the list has more words for each.
   *
   * @throws IOException where the list is missing or names no classes
   */
  Named classes(Storage storage, List<String> data) throws IOException {
    if (classes.isBlank()) {
      return new Named(List.of(), null);
    }
    String path = Launch.absolute(classes);
    List<String> names = ClassList.read(storage, path).over(data).names();
    if (names.isEmpty()) {
      throw new IOException(
          "--moduleClasses=%s names no class; it takes a class a line, or a manifest"
              .formatted(classes));
    }
    String digest = Sha256.of(storage.readWhole(path, LARGEST_LIST));
    return new Named(names, new Report.ClassFile(path, digest));
  }

  /** Throws {@link UsageException} where any is given, since there is nothing to say it of. */
  void requireNone() {
    if (!given.isEmpty()) {
      throw new UsageException(
          "%s cannot be: no file of --checkpoints is a module that does not say it itself; leave it out"
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
      // told below
    }
    throw new UsageException(
        "--%s=%s cannot be; it takes three numbers by comma, of red, green and blue samples from 0 to 1"
            .formatted(flag, text));
  }
}
