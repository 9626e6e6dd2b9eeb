package ghostbeam.model.inference;

import ghostbeam.model.torchscript.Precision;
import java.util.List;
import java.util.Optional;

/**
 * A scorable file that has been read and checked.
 *
 * @param loader makes a classifier from its bytes, also on other workers
 * @param precision the only precision it computes in; empty where it can be chosen
 */
public record ModelFile(ModelInfo info, ModelLoader loader, Optional<Precision> precision) {

  /** The same with other class names; see {@link ModelInfo#withClasses}. */
  public ModelFile withClasses(List<String> names) {
    return new ModelFile(info.withClasses(names), loader, precision);
  }

  /** The precisions in which to score it, given the requested ones. */
  public List<Precision> precisions(List<Precision> asked) {
    return precision.map(List::of).orElse(asked);
  }
}
