package ghostbeam.model.inference;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Outline;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a file that can be scored.
 *
 * @param title its network's name, or what kind of file it is where that is not known
 * @param weights empty where it does not say
 * @param classes names in label order; numbers where it has none
 * @param preprocessing how it sees images unless told otherwise
 * @param parameters trainable numbers; 0 where they cannot be told
 * @param module of a module, what it takes and how it computes; empty of a checkpoint
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
   * What is particular to modules.
   *
   * @param input what it takes
   * @param precision of its convolutions, or that it is the module's own affair
   */
  public record Module(ModuleInput input, String precision) {}

  /** Of a checkpoint. */
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

  /** Whether it is a module that somebody else wrote, which says nothing of itself. */
  public boolean isForeign() {
    return module.isPresent() && weights.isEmpty();
  }

  /** Bytes that a sample of an image takes where it is scored. */
  public int sampleBytes() {
    return module.map(own -> own.input().sampleBytes()).orElse(Byte.BYTES);
  }

  /** The same with other names of its classes, of which there must be as many. */
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
