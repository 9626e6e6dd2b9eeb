package ghostbeam.model.inference;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Outline;
import java.util.List;
import java.util.Optional;

/**
 * What is known about a scorable file.
 *
 * @param title its network's name, or its kind of file where that is unknown
 * @param weights empty where the file does not say
 * @param classes names in label order; numbers where it has none
 * @param preprocessing its default view
 * @param parameters number of trainable parameters; 0 where unknown
 * @param module a module's input and precision; empty for a checkpoint
 */
public record ModelInfo(
    String title,
    Optional<WeightKind> weights,
    CheckpointInfo.Training training,
    List<String> classes,
    ValidationView preprocessing,
    long parameters,
    Optional<Module> module) {

  /**
   * What only modules have.
   *
   * @param input its input
   * @param precision of its convolutions, in words where the module decides
   */
  public record Module(ModuleInput input, String precision) {}

  /** The info of a checkpoint. */
  public static ModelInfo of(CheckpointInfo info) {
    return new ModelInfo(
        info.architecture().name(),
        Optional.of(info.weights()),
        info.training(),
        info.classes(),
        info.preprocessing(),
        Outline.of(info.architecture()).trainableParameters(),
        Optional.empty());
  }

  /** Whether it is a module that was not exported by this project, and so carries no metadata. */
  public boolean isForeign() {
    return module.isPresent() && weights.isEmpty();
  }

  /** Bytes per sample of its input images. */
  public int sampleBytes() {
    return module.map(own -> own.input().sampleBytes()).orElse(Byte.BYTES);
  }

  /** The same with other class names, which must be equally many. */
  public ModelInfo withClasses(List<String> names) {
    if (names.size() != classes.size()) {
      throw new IllegalArgumentException(
          "%d names of %d classes".formatted(names.size(), classes.size()));
    }
    return new ModelInfo(
        title, weights, training, List.copyOf(names), preprocessing, parameters, module);
  }

  /** The same network as a module. */
  ModelInfo as(Module how) {
    return new ModelInfo(
        title + ", TorchScript module",
        weights,
        training,
        classes,
        preprocessing,
        parameters,
        Optional.of(how));
  }
}
